import { ListChecks, type LucideIcon, MessagesSquare, UsersRound } from 'lucide-react';
import { NavLink, useLocation } from 'react-router';

interface Place {
  readonly to: string;
  readonly label: string;
  readonly icon: LucideIcon;
  holds(path: string): boolean;
}

const places: readonly Place[] = [
  { to: '/', label: 'Chat', icon: MessagesSquare, holds: (path) => path === '/' || path.startsWith('/c/') },
  { to: '/activity', label: 'Activity', icon: ListChecks, holds: (path) => path.startsWith('/activity') },
  { to: '/personas', label: 'Personas', icon: UsersRound, holds: (path) => path.startsWith('/personas') },
];

/** The pages, down the side of a wide window or along the bottom of a phone. */
export function Navigation({ layout }: { layout: 'side' | 'bottom' }) {
  const { pathname } = useLocation();
  const side = layout === 'side';
  const list = side ? 'grid gap-0.5' : 'grid grid-cols-3';
  const link = side
    ? 'flex min-h-9 pointer-coarse:min-h-11 items-center gap-2.5 rounded-lg px-3 font-medium'
    : 'flex min-h-14 flex-col items-center justify-center gap-0.5 text-2xs font-medium';
  const here = side ? 'bg-sunken text-ink' : 'text-accent';
  return (
    <nav aria-label="Main">
      <ul className={list}>
        {places.map((place) => {
          const current = place.holds(pathname);
          return (
            <li key={place.to}>
              <NavLink
                to={place.to}
                aria-current={current ? 'page' : undefined}
                className={`${link} ${current ? here : 'text-ink-2 hover:bg-sunken hover:text-ink'}`}
              >
                <place.icon className={side ? 'size-4' : 'size-5'} aria-hidden />
                {place.label}
              </NavLink>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
