import { json } from "@codemirror/lang-json";
import { syntaxHighlighting } from "@codemirror/language";
import { linter, lintGutter } from "@codemirror/lint";
import { closeSearchPanel, searchPanelOpen } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import { classHighlighter } from "@lezer/highlight";
import { basicSetup, EditorView } from "codemirror";
import { type Ref, useEffect, useEffectEvent, useImperativeHandle, useRef } from "react";
import { jsonProblem } from "./json-text";

export interface EditorHandle {
  text: () => string;
  replace: (text: string) => void;
  goTo: (position: number) => void;
  /** True when the search was open, and had the focus. */
  leaveSearch: () => boolean;
}

interface EditorProps {
  ref: Ref<EditorHandle>;
  label: string;
  /** What it starts with; later ones are ignored. */
  text: string;
  isReadOnly: boolean;
  onChange: () => void;
}

const LINT_DELAY_MS = 400;

/** CodeMirror, loaded when the first JSON is looked at. */
export default function JsonEditor({ ref, label, text, isReadOnly, onChange }: EditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const changed = useEffectEvent(onChange);
  const open = useEffectEvent((parent: HTMLElement) => {
    const told = EditorView.updateListener.of(({ docChanged }) => docChanged && changed());
    const extensions = [...looks(label), isReadOnly ? READ_ONLY : EDITABLE, told];
    return new EditorView({ doc: text, parent, extensions });
  });

  useEffect(() => {
    if (!place.current) return;
    const opened = open(place.current);
    view.current = opened;
    return () => opened.destroy();
  }, []);
  useImperativeHandle(ref, () => handleOf(() => view.current), []);

  return <div ref={place} className="h-full overflow-hidden rounded-md border border-control" />;
}

const READ_ONLY: Extension = [
  EditorState.readOnly.of(true),
  EditorView.editable.of(false),
  EditorView.contentAttributes.of({ "aria-readonly": "true" }),
];

const EDITABLE: Extension = [
  lintGutter(),
  linter(
    ({ state }) => {
      const problem = jsonProblem(state.doc.toString());
      if (!problem) return [];
      const { message, position } = problem;
      return [{ from: position, to: position, severity: "error", message }];
    },
    { delay: LINT_DELAY_MS },
  ),
];

const looks = (label: string): Extension[] => [
  basicSetup,
  json(),
  syntaxHighlighting(classHighlighter),
  EditorView.lineWrapping,
  EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
  THEME,
];

const THEME = EditorView.theme({
  "&": { height: "100%", backgroundColor: "var(--raised)", color: "var(--ink)", fontSize: "0.8125rem" },
  ".cm-scroller": { fontFamily: "ui-monospace, monospace", lineHeight: "1.5" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
  ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--soft)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--hover) 45%, transparent)" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    background: "color-mix(in srgb, var(--accent) 22%, transparent)",
  },
  ".cm-selectionMatch, .cm-searchMatch": { backgroundColor: "color-mix(in srgb, var(--warn) 20%, transparent)" },
  ".cm-searchMatch-selected": {
    backgroundColor: "color-mix(in srgb, var(--warn) 35%, transparent)",
    outline: "2px solid var(--warn)",
  },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--hover)", outline: "1px solid var(--control)" },
  ".cm-foldPlaceholder": { backgroundColor: "var(--hover)", color: "var(--ink)", border: "none", padding: "0 0.4em" },
  ".cm-panels": { backgroundColor: "var(--sunken)", color: "var(--ink)" },
  ".cm-panels.cm-panels-bottom": { borderTop: "1px solid var(--line)" },
  ".cm-textfield": { backgroundColor: "var(--raised)", borderColor: "var(--control)", color: "var(--ink)" },
  ".cm-button": {
    backgroundImage: "none",
    backgroundColor: "var(--raised)",
    borderColor: "var(--control)",
    color: "var(--ink)",
  },
  ".cm-panel.cm-search": { padding: "0.5rem" },
  ".cm-panel.cm-search input, .cm-panel.cm-search button, .cm-panel.cm-search label": { fontSize: "0.8125rem" },
  ".cm-panel.cm-search [name=close]": { color: "var(--ink)", padding: "0 0.5rem" },
  ".cm-tooltip": { backgroundColor: "var(--raised)", color: "var(--ink)", border: "1px solid var(--line)" },
  ".tok-propertyName": { color: "var(--accent)" },
  ".tok-string": { color: "var(--good)" },
  ".tok-number, .tok-bool, .tok-null, .tok-keyword, .tok-atom": { color: "var(--warn)" },
  ".cm-searchMatch span, .cm-selectionMatch span": { color: "var(--ink)" },
});

function handleOf(viewNow: () => EditorView | null): EditorHandle {
  return {
    text: () => viewNow()?.state.doc.toString() ?? "",
    replace: (text) => {
      const view = viewNow();
      view?.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    goTo: (position) => {
      const view = viewNow();
      view?.dispatch({ selection: { anchor: Math.min(position, view.state.doc.length) }, scrollIntoView: true });
      view?.focus();
    },
    leaveSearch: () => {
      const view = viewNow();
      if (!view || !searchPanelOpen(view.state) || !document.activeElement?.closest(".cm-panel")) return false;
      closeSearchPanel(view);
      view.focus();
      return true;
    },
  };
}
