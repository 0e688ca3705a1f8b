import { describe, expect, it } from "vitest";
import { contentOf, isEmpty, refusalOf } from "./content";

const picture = { id: "p", filename: "a.png" };

describe("contentOf", () => {
  it("is the bare text where nothing is attached", () => {
    expect(contentOf({ text: " as\n written ", pictures: [] })).toBe(" as\n written ");
  });

  it("names the pictures behind the text, and has no empty text", () => {
    const shown = { type: "image", upload_id: "p" };
    expect(contentOf({ text: "What is it?", pictures: [picture] })).toEqual([
      { type: "text", text: "What is it?" },
      shown,
    ]);
    expect(contentOf({ text: "", pictures: [picture] })).toEqual([shown]);
  });
});

describe("isEmpty", () => {
  it("takes blanks for nothing, and a picture for something", () => {
    expect(isEmpty({ text: " \n", pictures: [] })).toBe(true);
    expect(isEmpty({ text: "", pictures: [picture] })).toBe(false);
  });
});

describe("refusalOf", () => {
  it("takes the pictures that models read, up to 20 MiB", () => {
    expect(refusalOf({ name: "a.png", type: "image/png", size: 20 * 1024 * 1024 })).toBeNull();
    expect(refusalOf({ name: "a.png", type: "image/png", size: 20 * 1024 * 1024 + 1 })).toContain("20 MiB");
    expect(refusalOf({ name: "a.pdf", type: "application/pdf", size: 1 })).toContain("a.pdf");
  });
});
