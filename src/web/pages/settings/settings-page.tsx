import { Building2, KeyRound, type LucideIcon, UserRound, UsersRound } from 'lucide-react';
import { NavLink, Outlet } from 'react-router';
import type { Permission } from '../../account-api.ts';
import { useMay } from '../../session.tsx';

interface Part {
  readonly to: string;
  readonly label: string;
  readonly icon: LucideIcon;
  readonly permission: Permission | null;
}

const parts: readonly Part[] = [
  { to: '/settings/account', label: 'Account', icon: UserRound, permission: null },
  { to: '/settings/organization', label: 'Organization', icon: Building2, permission: 'organization:manage' },
  { to: '/settings/members', label: 'Members', icon: UsersRound, permission: 'members:read' },
  { to: '/settings/api-keys', label: 'API keys', icon: KeyRound, permission: 'api-keys:own' },
];

/** The frame of the settings: what there is to set, beside what is being set. */
export function SettingsPage() {
  const may = useMay();
  const shown = parts.filter(({ permission }) => permission === null || may(permission));
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto grid max-w-5xl grid-cols-1 gap-x-8 gap-y-4 px-4 py-5 md:px-6 md:py-6 lg:grid-cols-[11rem_minmax(0,1fr)]">
        <h1 className="font-semibold text-xl tracking-tight lg:col-span-2">Settings</h1>
        <nav aria-label="Settings" className="min-w-0 self-start lg:sticky lg:top-6">
          <ul className="-mx-2 flex overflow-x-auto px-1 max-lg:border-line max-lg:border-b lg:mx-0 lg:grid lg:gap-0.5 lg:px-0">
            {shown.map(({ to, label, icon: Icon }) => (
              <li key={to} className="shrink-0">
                <NavLink
                  to={to}
                  className={({ isActive }) =>
                    `flex min-h-11 items-center gap-2.5 px-2 font-medium whitespace-nowrap max-lg:border-b-2 lg:min-h-9 lg:rounded-lg lg:px-3 ${isActive ? 'border-accent text-ink lg:bg-sunken' : 'border-transparent text-ink-2 hover:text-ink lg:hover:bg-sunken'}`
                  }
                >
                  <Icon className="size-4 max-lg:hidden" aria-hidden />
                  {label}
                </NavLink>
              </li>
            ))}
          </ul>
        </nav>
        <div className="grid min-w-0 grid-cols-1 gap-5 pb-6">
          <Outlet />
        </div>
      </div>
    </div>
  );
}
