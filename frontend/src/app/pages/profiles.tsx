import { ProfileList } from "@/features/profiles/profile-list";
import { usePageTitle } from "@/ui/title";

export default function ProfilesPage() {
  usePageTitle("Profiles");
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto flex max-w-4xl flex-col gap-4 p-4 sm:p-6">
        <ProfileList />
      </div>
    </div>
  );
}
