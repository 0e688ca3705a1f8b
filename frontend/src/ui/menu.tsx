import { clsx } from "clsx";
import { ContextMenu as AtPointer, DropdownMenu } from "radix-ui";
import { type ReactNode, useRef } from "react";

export interface MenuItem {
  label: string;
  icon?: ReactNode;
  onSelect: () => void;
  danger?: boolean;
}

interface MenuProps {
  trigger: ReactNode;
  items: readonly MenuItem[];
}

const CONTENT =
  "z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-44 max-w-[calc(100vw-1rem)] overflow-y-auto rounded-lg border border-line bg-raised p-1 text-sm shadow-lg";
export const MENU_ROW =
  "flex min-h-9 cursor-pointer items-center gap-2 rounded px-3 outline-none data-highlighted:bg-hover";

/** What opens at `trigger`, a button; `head` stands above its items. */
export function Menu({ trigger, items, head }: MenuProps & { head?: ReactNode }) {
  const { choose, onCloseAutoFocus } = useChoice();
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="end" sideOffset={4} className={CONTENT} onCloseAutoFocus={onCloseAutoFocus}>
          {head}
          <Items Item={DropdownMenu.Item} items={items} onChoose={choose} />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** What opens at the pointer by a right click, a long touch or the menu key on `trigger`. */
export function ContextMenu({ trigger, items }: MenuProps) {
  const { choose, onCloseAutoFocus } = useChoice();
  return (
    <AtPointer.Root modal={false}>
      <AtPointer.Trigger asChild>{trigger}</AtPointer.Trigger>
      <AtPointer.Portal>
        <AtPointer.Content className={CONTENT} onCloseAutoFocus={onCloseAutoFocus}>
          <Items Item={AtPointer.Item} items={items} onChoose={choose} />
        </AtPointer.Content>
      </AtPointer.Portal>
    </AtPointer.Root>
  );
}

interface ItemsProps {
  Item: typeof DropdownMenu.Item | typeof AtPointer.Item;
  items: readonly MenuItem[];
  onChoose: (item: MenuItem) => void;
}

function Items({ Item, items, onChoose }: ItemsProps) {
  return items.map((item) => (
    <Item key={item.label} onSelect={() => onChoose(item)} className={clsx(MENU_ROW, item.danger && "text-bad")}>
      {item.icon}
      {item.label}
    </Item>
  ));
}

/** Runs what was chosen once the menu has given the focus back, so that what it opens may take it. */
function useChoice() {
  const chosen = useRef<MenuItem | null>(null);
  const choose = (item: MenuItem) => {
    chosen.current = item;
  };
  const onCloseAutoFocus = () => {
    const item = chosen.current;
    chosen.current = null;
    if (item) setTimeout(item.onSelect);
  };
  return { choose, onCloseAutoFocus };
}
