import { create } from "zustand";

/** An answer as far as it has been heard here; rows that are read again meanwhile are behind it. */
export interface LiveAnswer {
  text: string;
  /** The connection is cut, and taken up again by itself. */
  isCut: boolean;
}

const SHOW_MS = 40;
/** What takes long to draw is drawn less often: it pauses by so many times what that took. */
const PAUSES = 3;
const LONGEST_PAUSE_MS = 1_500;

const useLiveAnswers = create<{ answers: Readonly<Record<string, LiveAnswer>> }>(() => ({ answers: {} }));

export const useLiveAnswer = (messageId: string): LiveAnswer | undefined =>
  useLiveAnswers(({ answers }) => answers[messageId]);

/** Collects what comes, and shows it with the next picture that the browser draws, at most some 20 times a second. */
export class GrowingAnswer {
  text: string;
  private isCut = false;
  private shown: LiveAnswer | null = null;
  private shownAt = 0;
  private frame = 0;
  private frameAskedAt = 0;
  /** The longest wait for a frame since the last showing: most of it went into drawing that. */
  private drawingMs = 0;

  constructor(
    private readonly messageId: string,
    begin: string,
  ) {
    this.text = begin;
    this.showNow();
  }

  add(text: string): void {
    this.text += text;
    this.isCut = false;
    this.showSoon();
  }

  cut(): void {
    this.isCut = true;
    this.showSoon();
  }

  /** From now on the row is what counts, unless somebody else hears the same answer by now. */
  forget(): void {
    cancelAnimationFrame(this.frame);
    const { [this.messageId]: shown, ...others } = useLiveAnswers.getState().answers;
    if (shown === this.shown) useLiveAnswers.setState({ answers: others });
  }

  private showSoon(): void {
    if (this.frame !== 0) return;
    this.frameAskedAt = performance.now();
    this.frame = requestAnimationFrame(this.onFrame);
  }

  private readonly onFrame = () => {
    const now = performance.now();
    this.frame = 0;
    this.drawingMs = Math.max(this.drawingMs, now - this.frameAskedAt);
    if (this.shown?.text === this.text && this.shown.isCut === this.isCut) return;
    const pause = Math.min(PAUSES * this.drawingMs, LONGEST_PAUSE_MS);
    if (now - this.shownAt >= Math.max(SHOW_MS, pause)) {
      this.shownAt = now;
      this.drawingMs = 0;
      this.showNow();
    }
    this.showSoon();
  };

  private showNow(): void {
    const shown = { text: this.text, isCut: this.isCut };
    this.shown = shown;
    useLiveAnswers.setState(({ answers }) => ({ answers: { ...answers, [this.messageId]: shown } }));
  }
}
