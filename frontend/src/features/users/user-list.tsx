import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { meOptions } from "@/features/auth/me";
import { Select } from "@/ui/field";
import { LateSearch } from "@/ui/late-search";
import { LoadMore } from "@/ui/load-more";
import { Empty, Failed } from "@/ui/notice";
import { useParam } from "@/ui/param";
import { SkeletonList } from "@/ui/skeleton";
import { type UserFilter, usersOptions } from "./queries";
import { UserRow } from "./user-row";

/** All accounts of the server, found by name or address. */
export function UserList() {
  const [q, setQ] = useParam("q");
  const [active, setActive] = useParam("active");
  return (
    <>
      <div className="flex flex-wrap gap-2">
        <LateSearch
          label="Search users"
          placeholder="Name or e-mail address"
          value={q}
          onChange={setQ}
          className="min-w-0 flex-1 basis-56"
        />
        <Select
          aria-label="State"
          value={active}
          onChange={(event) => setActive(event.target.value)}
          className="sm:w-auto"
        >
          <option value="">Active and deactivated</option>
          <option value="yes">Active</option>
          <option value="no">Deactivated</option>
        </Select>
      </div>
      <Found filter={{ q, active }} />
    </>
  );
}

function Found({ filter }: { filter: UserFilter }) {
  const { data: me } = useQuery(meOptions);
  const query = useInfiniteQuery({ ...usersOptions(filter), placeholderData: keepPreviousData });
  const { data, error, refetch } = query;
  if (!data && error) return <Failed what="The users could not be read" error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonList rows={4} className="h-16" />;
  const users = data.pages.flatMap((page) => page.data);
  const total = data.pages[0]?.pagination.total ?? 0;
  return (
    <>
      <p role="status" className="text-soft text-sm">
        {total === 1 ? "1 user" : `${total} users`}
      </p>
      {users.length === 0 ? (
        <Empty title="Nobody found" sentence="No user has these words in the name or the e-mail address." />
      ) : (
        <ul aria-label="Users" className="divide-y divide-line rounded-xl border border-line bg-raised">
          {users.map((user) => (
            <UserRow key={user.id} user={user} isMe={user.id === me?.id} />
          ))}
        </ul>
      )}
      <LoadMore {...query} />
    </>
  );
}
