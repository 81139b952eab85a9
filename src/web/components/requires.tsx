import { Lock } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Permission } from '../account-api.ts';
import { useMay, useSession } from '../session.tsx';
import { listRoles, permissionWords, roleWords } from '../words.ts';
import { buttonClass } from './button.tsx';
import { EmptyState } from './states.tsx';

/** Shows a page only to roles that can use it; the others learn which role is needed. */
export function Requires({ permission, children }: { permission: Permission; children: ReactNode }) {
  const may = useMay();
  return may(permission) ? children : <Forbidden permission={permission} />;
}

function Forbidden({ permission }: { permission: Permission }) {
  const { role } = useSession();
  const may = useMay();
  const { action, roles } = permissionWords[permission];
  return (
    <EmptyState
      icon={Lock}
      heading="h1"
      title="Your role does not allow this"
      action={
        may('members:read') && (
          <Link to="/settings/members" className={buttonClass()}>
            See who can change it
          </Link>
        )
      }
    >
      <title>Not allowed – Personas for Ninox</title>
      {role !== null && `Your role here is ${roleWords[role].title.toLowerCase()}. `}
      To {action.replaceAll('their own', 'your own')}, it must be {listRoles(roles)}. An owner or admin can change it.
    </EmptyState>
  );
}
