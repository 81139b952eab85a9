import type { Role } from '../../account-api.ts';
import { ChoiceCards } from '../../components/choice-cards.tsx';
import { useSession } from '../../session.tsx';
import { allRoles, roleWords } from '../../words.ts';

/** The roles the signed-in person can give, each with what it allows. */
export function RoleChoice({ value, onChange }: { value: Role; onChange: (role: Role) => void }) {
  const { role: mine } = useSession();
  const given = allRoles.filter((role) => mine === 'owner' || role !== 'owner');
  return (
    <ChoiceCards
      legend="Role"
      choices={given.map((role) => ({
        value: role,
        title: roleWords[role].title,
        description: roleWords[role].explanation,
      }))}
      value={value}
      onChange={(chosen) => onChange(given.find((role) => role === chosen) ?? value)}
    />
  );
}
