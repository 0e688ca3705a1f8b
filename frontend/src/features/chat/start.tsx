import { Link } from "react-router";
import { useIsViewer } from "@/features/auth/me";
import type { SourceChoices } from "@/features/models/choices";
import { useChoices } from "@/features/models/sources";
import { Empty } from "@/ui/notice";
import { focusComposer } from "./composer";
import { NEW, replaceText } from "./drafts";

const IDEAS = [
  [
    "Name something",
    "Suggest ten names for a small shop that sells hand-made candles, each with a line on why it fits.",
  ],
  [
    "Describe a picture",
    "Describe a lighthouse in a storm as a prompt for an image model: subject, light, style, details.",
  ],
  ["Rewrite a text", "Rewrite this text so that it is shorter and friendlier, and keeps every fact:\n\n"],
  ["Plan a series", "Plan a week of posts about baking bread at home: a title, the idea and a picture for each day."],
] as const;

/** Before anything is said: what one could ask, or what is missing to ask at all. */
export function Start() {
  const { choices, isSettled } = useChoices("text");
  const isViewer = useIsViewer();
  if (isViewer) {
    return (
      <Empty
        title="Nothing is open"
        sentence="Choose a conversation to read it. The members of this workspace begin new ones."
      />
    );
  }
  if (isSettled && choices?.every(isIdleOllama)) return <NoModel />;
  return (
    <div className="mx-auto flex max-w-2xl flex-col gap-4 px-4 py-10">
      <h2 className="text-center font-semibold text-xl">What shall it be about?</h2>
      <p className="text-center text-soft text-sm">
        Ask anything below. Everything that is said is kept, and found again by its words.
      </p>
      <ul className="grid gap-2 sm:grid-cols-2">
        {IDEAS.map(([title, text]) => (
          <li key={title}>
            <button
              type="button"
              onClick={() => {
                replaceText(NEW, text);
                focusComposer();
              }}
              className="h-full w-full rounded-xl border border-line bg-raised px-4 py-3 text-left hover:bg-hover"
            >
              <span className="block font-medium text-sm">{title}</span>
              <span className="line-clamp-2 text-soft text-sm">{text}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What the server looks for on its own machine, and did not find. */
const isIdleOllama = ({ profileId, provider, models }: SourceChoices) =>
  profileId === null && provider === "ollama" && models.length === 0;

function NoModel() {
  return (
    <Empty
      title="No model to talk to yet"
      sentence="Add a profile of an Ollama on this computer, or of OpenAI, Claude or Gemini with your key. Then ask here."
    >
      <Link to="/profiles" className="text-accent underline">
        Add a profile
      </Link>
    </Empty>
  );
}
