import { Plus } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { Button } from "@/ui/button";
import { ProjectDialog } from "./project-dialog";

/** Makes a project and goes there. */
export function NewProject() {
  const [isMaking, setMaking] = useState(false);
  const navigate = useNavigate();
  return (
    <>
      <Button look="strong" onClick={() => setMaking(true)}>
        <Plus size={16} aria-hidden />
        New project
      </Button>
      <ProjectDialog
        project={null}
        open={isMaking}
        onOpenChange={setMaking}
        onSaved={({ id }) => navigate(`/projects/${id}`)}
      />
    </>
  );
}
