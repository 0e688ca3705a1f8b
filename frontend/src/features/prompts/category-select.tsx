import { useQuery } from "@tanstack/react-query";
import { Select } from "@/ui/field";
import { categoriesOptions } from "./queries";

interface CategorySelectProps {
  category: string;
  onChange: (category: string) => void;
}

/** Nothing while no prompt has a category. */
export function CategorySelect({ category, onChange }: CategorySelectProps) {
  const { data: known = [] } = useQuery(categoriesOptions);
  if (known.length === 0 && category === "") return null;
  const isKnown = category === "" || known.some((one) => one.category === category);
  return (
    <Select
      aria-label="Category"
      value={category}
      onChange={(event) => onChange(event.target.value)}
      className="w-auto! max-w-56 max-sm:flex-1"
    >
      <option value="">All categories</option>
      {known.map(({ category: name, count }) => (
        <option key={name} value={name}>
          {name} ({count})
        </option>
      ))}
      {!isKnown && <option value={category}>{category} (0)</option>}
    </Select>
  );
}
