/** How a field of a connection's form is filled in. */
export const formFieldKinds = ['text', 'number', 'secret', 'choice'] as const;
export type FormFieldKind = (typeof formFieldKinds)[number];
