import { type ReactNode, useState } from "react";

interface NewestPictureProps {
  url: string;
  alt?: string;
  className: string;
  /** Stands there as long as none has come. */
  children?: ReactNode;
}

/** A picture that is replaced again and again: each is loaded to its end, however slow the line is, and shown then. */
export function NewestPicture({ url, alt = "", className, children }: NewestPictureProps) {
  const [asked, setAsked] = useState(url);
  const [ended, setEnded] = useState<string | null>(null);
  const [loaded, setLoaded] = useState<string | null>(null);
  if (ended === asked && asked !== url) setAsked(url);
  const show = () => {
    setLoaded(asked);
    setEnded(asked);
  };
  return (
    <>
      {ended !== asked && <img src={asked} alt="" onLoad={show} onError={() => setEnded(asked)} className="hidden" />}
      {loaded ? <img src={loaded} alt={alt} className={className} /> : children}
    </>
  );
}
