import { ChevronLeft, ChevronRight } from "lucide-react";
import { Button } from "@/ui/button";

interface ArrowsProps {
  hasPrevious: boolean;
  hasNext: boolean;
  go: (step: number) => void;
}

const PLACE = "-translate-y-1/2 absolute top-1/2 px-2";

export function Arrows({ hasPrevious, hasNext, go }: ArrowsProps) {
  return (
    <>
      <Button
        aria-label="Previous picture"
        title="Previous picture (←)"
        disabled={!hasPrevious}
        onClick={() => go(-1)}
        className={`${PLACE} left-2`}
      >
        <ChevronLeft aria-hidden />
      </Button>
      <Button
        aria-label="Next picture"
        title="Next picture (→)"
        disabled={!hasNext}
        onClick={() => go(1)}
        className={`${PLACE} right-2`}
      >
        <ChevronRight aria-hidden />
      </Button>
    </>
  );
}
