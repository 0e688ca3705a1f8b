import { MachineList } from "@/features/machines/machine-list";
import { Page } from "@/ui/page";

export default function MachinesPage() {
  return (
    <Page title="Machines" aside="Where ComfyUI runs. Work goes to the machine that suits it best.">
      <MachineList />
    </Page>
  );
}
