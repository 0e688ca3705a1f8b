import { Component, type ReactNode } from "react";
import { Failed } from "@/ui/notice";

interface Props {
  children: ReactNode;
}

/** A defect in one page leaves the rest of the screen usable. */
export class ErrorBoundary extends Component<Props, { error: unknown }> {
  override state = { error: null as unknown };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return (
      <Failed
        what="This part of the page has failed"
        error={this.state.error}
        onRetry={() => this.setState({ error: null })}
      />
    );
  }
}
