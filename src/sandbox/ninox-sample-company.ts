import {
  cycle,
  emailOf,
  field,
  rowsOf,
  type SampleClock,
  type SampleDatabase,
  type SampleRow,
  type SampleTable,
} from './ninox-sample-builder.ts';

const staff = [
  ['Ada', 'Brook', 'Management'],
  ['Henrik', 'Lohse', 'Sales'],
  ['Mina', 'Tarrant', 'Sales'],
  ['Jakob', 'Weidner', 'Planning'],
  ['Rosa', 'Ellery', 'Planning'],
  ['Bastian', 'Kroll', 'Workshop'],
  ['Yusuf', 'Hale', 'Workshop'],
  ['Carla', 'Mott', 'Workshop'],
  ['Lotte', 'Sanden', 'Office'],
  ['Ewan', 'Pryce', 'Office'],
  ['Katrin', 'Vogt', 'Planning'],
  ['Sam', 'Oakes', 'Workshop'],
] as const;

const nameOf = ([first, last]: readonly [string, string, string]) => `${first} ${last}`;

export function projectsSample(id: string, clock: SampleClock): SampleDatabase {
  const tables = [projects(clock), tasks(clock), timeEntries(clock)];
  return { id, name: 'Projects', icon: 'clipboard', color: '#4c9a6a', tables };
}

/** Number 6 was only a template, number 11 repeats number 3. */
const projectList = [
  ['Reading corner', 'Quillmere Bookshop', 'Running'],
  ['New counter', 'Pellworth Café', 'Running'],
  ['Waiting room', 'Varnholt Zahnärzte', 'Planned'],
  ['Lobby', 'Ebbingfeld Hotel', 'Finished'],
  ['Shop fitting', 'Ottensande Bäckerei', 'Running'],
  ['Copy of template (do not use)', 'none', 'Planned'],
  ['Coat racks', 'Amselhof Kindergarten', 'Finished'],
  ['Day room', 'Rosenmoor Seniorenheim', 'Running'],
  ['Practice rooms', 'Greyfen Music School', 'On hold'],
  ['Counter and shelves', 'Birkenrode Apotheke', 'Finished'],
  ['Waiting room', 'Varnholt Zahnärzte', 'Planned'],
  ['Loan desk', 'Hollin Bridge Library', 'Running'],
  ['Fair stand', 'Own use', 'Finished'],
  ['Treatment rooms', 'Dunmarsh Physiotherapy', 'On hold'],
] as const;

function projects(clock: SampleClock): SampleTable {
  return {
    id: 'A',
    name: 'Projects',
    fields: [
      field.text('Name'),
      field.text('Customer'),
      field.choice('Status', 'Planned', 'Running', 'On hold', 'Finished'),
      field.date('Start'),
      field.date('Due'),
      field.number('Budget'),
      field.reverse('Tasks', 'B', 'B'),
    ],
    rows: projectList.map(([name, customer, status], at) => [
      name,
      customer,
      status,
      clock.date(140 - at * 9),
      clock.date(60 - at * 9),
      customer === 'none' ? null : 2500 + ((at * 3100) % 18_000),
    ]),
    age: (row) => 150 - row * 9,
  };
}

function tasks(clock: SampleClock): SampleTable {
  const steps = [
    'Take measurements',
    'Draw the plan',
    'Order material',
    'Build',
    'Deliver and install',
    'Send the invoice',
  ] as const;
  return {
    id: 'B',
    name: 'Tasks',
    fields: [
      field.text('Title'),
      field.reference('Project', 'A', 'G'),
      field.text('Assignee'),
      field.flag('Done'),
      field.date('Due'),
      field.duration('Planned time'),
      field.reverse('Time entries', 'C', 'B'),
    ],
    rows: rowsOf(
      48,
      (at): SampleRow => [
        at === 29 ? 'xxx (can go)' : cycle(steps, at),
        1 + (Math.floor(at / 4) % 14),
        at % 7 === 6 ? null : nameOf(cycle(staff, at * 5)),
        at % 3 === 0,
        clock.date(70 - at * 2),
        `${String(2 + (at % 8)).padStart(2, '0')}:00:00.000`,
      ],
    ),
    age: (row) => 100 - row * 2,
  };
}

function timeEntries(clock: SampleClock): SampleTable {
  const age = (row: number) => (49 - row) / 2;
  return {
    id: 'C',
    name: 'Time entries',
    fields: [field.date('Date'), field.reference('Task', 'B', 'G'), field.number('Hours'), field.text('Person')],
    rows: rowsOf(
      50,
      (at): SampleRow => [
        clock.date(age(at)),
        1 + ((at * 11) % 48),
        at === 18 ? 240 : 0.5 + (at % 7) * 0.75,
        nameOf(cycle(staff, at * 3)),
      ],
    ),
    age,
  };
}

export function peopleSample(id: string, clock: SampleClock): SampleDatabase {
  return { id, name: 'People', icon: 'users', color: '#b5743b', tables: [employees(clock), absences(clock)] };
}

function employees(clock: SampleClock): SampleTable {
  return {
    id: 'A',
    name: 'Employees',
    fields: [
      field.text('Name'),
      field.email('Email'),
      field.choice('Department', 'Management', 'Sales', 'Planning', 'Workshop', 'Office'),
      field.date('Joined'),
      field.flag('Active'),
      field.reverse('Absences', 'B', 'A'),
    ],
    rows: staff.map((person, at) => [
      nameOf(person),
      emailOf(person[0], person[1]),
      person[2],
      clock.date(2600 - at * 190),
      at !== 9,
    ]),
    age: (row) => 900 - row * 60,
  };
}

function absences(clock: SampleClock): SampleTable {
  return {
    id: 'B',
    name: 'Absences',
    fields: [
      field.reference('Employee', 'A', 'F'),
      field.choice('Kind', 'Holiday', 'Training', 'Parental leave', 'Other'),
      field.date('From'),
      field.date('To'),
      field.flag('Approved'),
    ],
    rows: rowsOf(24, (at): SampleRow => {
      const start = 160 - at * 9;
      const kind = cycle(['Holiday', 'Holiday', 'Training', 'Other'], at);
      return [1 + ((at * 5) % 12), kind, clock.date(start), clock.date(start - 1 - (at % 9)), at % 4 !== 3];
    }),
    age: (row) => 190 - row * 8,
  };
}
