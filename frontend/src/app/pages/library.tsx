import { Library } from "@/features/library/library";

export default function LibraryPage() {
  return <Library />;
}
