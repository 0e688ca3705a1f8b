import { Eye, EyeOff } from "lucide-react";
import { type ComponentProps, useState } from "react";
import { IconButton } from "@/ui/button";
import { Field, Input } from "@/ui/field";

interface Told {
  error?: string | undefined;
}

export function EmailField({ error, hint, ...rest }: Told & ComponentProps<"input"> & { hint?: string }) {
  return (
    <Field label="E-mail address" error={error} {...(hint === undefined ? {} : { hint })}>
      {(props) => (
        <Input
          {...props}
          autoComplete="username"
          required
          {...rest}
          name="email"
          type="email"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={320}
        />
      )}
    </Field>
  );
}

export function NameField({ error, ...rest }: Told & ComponentProps<"input">) {
  return (
    <Field label="Name" error={error}>
      {(props) => <Input {...props} autoComplete="name" {...rest} name="name" maxLength={255} required />}
    </Field>
  );
}

const SHORTEST = 8;

interface PasswordFieldProps extends Told {
  label?: string;
  name?: string;
  /** One that is being chosen, so the browser may propose one. */
  isNew?: boolean;
  autoFocus?: boolean;
  required?: boolean;
}

export function PasswordField({
  label = "Password",
  name = "password",
  isNew = false,
  autoFocus = false,
  required = true,
  error,
}: PasswordFieldProps) {
  const [isShown, setShown] = useState(false);
  const Icon = isShown ? EyeOff : Eye;
  const rule = isNew ? { hint: "At least 8 characters; a long one is better than a complicated one." } : {};
  return (
    <Field label={label} error={error} {...rule}>
      {(props) => (
        <div className="relative">
          <Input
            {...props}
            name={name}
            type={isShown ? "text" : "password"}
            autoComplete={isNew ? "new-password" : "current-password"}
            autoCapitalize="none"
            spellCheck={false}
            autoFocus={autoFocus}
            {...(isNew ? { minLength: SHORTEST } : {})}
            required={required}
            className="pr-10"
          />
          <IconButton
            label={isShown ? `Hide the ${label.toLowerCase()}` : `Show the ${label.toLowerCase()}`}
            onClick={() => setShown(!isShown)}
            className="absolute inset-y-0 right-0"
          >
            <Icon size={16} aria-hidden />
          </IconButton>
        </div>
      )}
    </Field>
  );
}
