import { useSession } from '../../session.tsx';

/** A person by name, or as the reader. */
export function useName({ id, name }: { id: string; name: string }, you = 'You'): string {
  return id === useSession().user.id ? you : name;
}

/** “you, Ada and Bob” */
export function useNameList(people: readonly { readonly id: string; readonly name: string }[]): string {
  const { user } = useSession();
  const names = people.map(({ id, name }) => (id === user.id ? 'you' : name));
  return new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(names);
}
