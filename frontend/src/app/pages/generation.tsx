import { useParams } from "react-router";
import { One } from "@/features/library/one/one";

export default function GenerationPage() {
  const { generationId = "" } = useParams<{ generationId: string }>();
  return <One key={generationId} id={generationId} />;
}
