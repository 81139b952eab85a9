import {
  cycle,
  emailOf,
  field,
  phoneOf,
  rowsOf,
  type SampleClock,
  type SampleDatabase,
  type SampleRow,
  type SampleTable,
} from './ninox-sample-builder.ts';

const woods = ['Oak', 'Beech', 'Ash', 'Birch plywood', 'Larch'] as const;
const forms = [
  'board 20 mm',
  'board 30 mm',
  'edge strip',
  'panel',
  'dowel 8 mm',
  'veneer',
  'batten',
  'round rod',
] as const;

export function workshopInventorySample(id: string, clock: SampleClock): SampleDatabase {
  const tables = [articles(), suppliers(), movements(clock)];
  return { id, name: 'Inventory', icon: 'boxes', color: '#7a5ab5', tables };
}

/** Numbers 14 and 33 are not sold any more; 27 repeats number 26. */
function articles(): SampleTable {
  const remarks = new Map([
    [13, 'discontinued, stock used up'],
    [26, 'entered twice, see article 26'],
    [32, 'discontinued'],
  ]);
  return {
    id: 'A',
    name: 'Articles',
    fields: [
      field.text('Article'),
      field.choice('Unit', 'piece', 'metre', 'square metre'),
      field.number('Price'),
      field.number('In stock'),
      field.reference('Supplier', 'B', 'E'),
      field.text('Remark'),
      field.reverse('Movements', 'C', 'B'),
      field.formula('Stock value', "Price * 'In stock'"),
    ],
    rows: rowsOf(40, (at): SampleRow => {
      const same = at === 26 ? 25 : at;
      return [
        `${cycle(woods, same)}, ${cycle(forms, Math.floor(same / 5))}`,
        cycle(['square metre', 'metre', 'piece'], same),
        Math.round((4 + ((same * 17) % 60) * 1.35) * 100) / 100,
        remarks.has(at) ? 0 : (same * 29) % 140,
        1 + (same % 9),
        remarks.get(at) ?? null,
      ];
    }),
    age: (row) => 500 - row * 10,
  };
}

function suppliers(): SampleTable {
  const names = [
    'Aspermill Timber',
    'Holzhof Brenningen',
    'Fairlock Fittings',
    'Beschläge Tormund',
    'Lackwerk Ostrau-Süd',
    'Pennhollin Glass',
    'Garnstedt Textil',
    'Ironwick Screws',
    'Glaserei Wendlohe',
    'Oldbarrow Timber (no longer trading)',
  ];
  return {
    id: 'B',
    name: 'Suppliers',
    fields: [
      field.text('Name'),
      field.phone('Phone'),
      field.email('Email'),
      field.multi('Delivers', 'Wood', 'Fittings', 'Paint', 'Glass', 'Fabric'),
      field.reverse('Articles', 'A', 'E'),
    ],
    rows: names.map((name, at) => [
      name,
      phoneOf(at + 5),
      emailOf('orders', name),
      cycle([['Wood'], ['Wood', 'Fittings'], ['Fittings'], ['Paint', 'Glass'], ['Fabric']], at),
    ]),
    age: (row) => 700 - row * 15,
  };
}

function movements(clock: SampleClock): SampleTable {
  const age = (row: number) => (59 - row) / 2;
  return {
    id: 'C',
    name: 'Stock movements',
    fields: [
      field.date('Date'),
      field.reference('Article', 'A', 'G'),
      field.choice('Kind', 'In', 'Out', 'Correction'),
      field.number('Quantity'),
    ],
    rows: rowsOf(60, (at): SampleRow => {
      const kind = at % 11 === 10 ? 'Correction' : cycle(['Out', 'In', 'Out'], at);
      return [clock.date(age(at)), 1 + ((at * 13) % 40), kind, 1 + ((at * 7) % 24)];
    }),
    age,
  };
}

export function machinesSample(id: string, clock: SampleClock): SampleDatabase {
  const names = [
    'Panel saw',
    'Band saw',
    'Planer',
    'Edge bander',
    'Drill press',
    'Router table',
    'Spray booth',
    'Dust extraction',
    'Panel saw (sold)',
  ];
  const machines: SampleTable = {
    id: 'A',
    name: 'Machines',
    fields: [
      field.text('Name'),
      field.number('Year'),
      field.choice('State', 'In use', 'In repair', 'Retired'),
      field.reverse('Inspections', 'B', 'B'),
    ],
    rows: names.map((name, at) => [
      name,
      2008 + at * 2,
      at === 8 ? 'Retired' : cycle(['In use', 'In use', 'In repair'], at),
    ]),
    age: (row) => 800 - row * 30,
  };
  const inspections: SampleTable = {
    id: 'B',
    name: 'Inspections',
    fields: [field.date('Date'), field.reference('Machine', 'A', 'D'), field.flag('Passed'), field.text('Findings')],
    rows: rowsOf(
      24,
      (at): SampleRow => [
        clock.date(360 - at * 15),
        1 + (at % 9),
        at % 6 !== 5,
        at % 6 === 5 ? 'Guard loose, tightened' : null,
      ],
    ),
    age: (row) => 360 - row * 15,
  };
  return { id, name: 'Machines', icon: 'cog', color: '#5a7ab5', tables: [machines, inspections] };
}

export function southInventorySample(id: string): SampleDatabase {
  const things = [
    'Musterstuhl',
    'Mustertisch',
    'Stoffmappe',
    'Farbfächer',
    'Leuchte',
    'Regalmuster',
    'Teppichmuster',
    'Laptop',
  ] as const;
  const items: SampleTable = {
    id: 'A',
    name: 'Ausstattung',
    fields: [
      field.text('Bezeichnung'),
      field.number('Anzahl'),
      field.choice('Zustand', 'neu', 'gebraucht', 'defekt'),
      field.text('Standort'),
    ],
    rows: rowsOf(
      16,
      (at): SampleRow => [
        `${cycle(things, at)} ${1 + Math.floor(at / things.length)}`,
        1 + (at % 4),
        cycle(['neu', 'gebraucht', 'gebraucht', 'defekt'], at),
        cycle(['Schaufenster', 'Lager', 'Beratung'], at),
      ],
    ),
    age: (row) => 300 - row * 11,
  };
  return { id, name: 'Inventory', icon: 'boxes', color: '#b55a7a', tables: [items] };
}

export function customersSample(id: string, clock: SampleClock): SampleDatabase {
  return { id, name: 'Kunden', icon: 'address-card', color: '#b53b4f', tables: [customers(), appointments(clock)] };
}

/** Number 3 is a test, number 15 repeats number 7. */
function customers(): SampleTable {
  const names = [
    ['Familie', 'Ahlenbrand'],
    ['Praxis', 'Birnthal'],
    ['Testkunde', '(bitte löschen)'],
    ['Familie', 'Dornhagen'],
    ['Kanzlei', 'Eschweg'],
    ['Familie', 'Fuhrland'],
    ['Gasthof', 'Grünhagel'],
    ['Familie', 'Heidkamp'],
    ['Studio', 'Immenbrook'],
    ['Familie', 'Jessental'],
    ['Verein', 'Kirschhagen'],
    ['Familie', 'Lauterbruch'],
    ['Praxis', 'Moosrain'],
    ['Familie', 'Nebelstein'],
    ['Gasthof', 'Grünhagel'],
    ['Familie', 'Ohlenfeld'],
    ['Atelier', 'Pappelhof'],
    ['Familie', 'Quendel'],
  ];
  return {
    id: 'A',
    name: 'Kunden',
    fields: [
      field.text('Name'),
      field.phone('Telefon'),
      field.email('E-Mail'),
      field.choice('Art', 'privat', 'geschäftlich'),
      field.reverse('Termine', 'B', 'B'),
    ],
    rows: names.map((words, at) => [
      words.join(' '),
      phoneOf(at * 2),
      emailOf(...words),
      words[0] === 'Familie' ? 'privat' : 'geschäftlich',
    ]),
    age: (row) => 260 - row * 10,
  };
}

function appointments(clock: SampleClock): SampleTable {
  const age = (row: number) => (29 - row) / 2;
  return {
    id: 'B',
    name: 'Termine',
    fields: [
      field.date('Datum'),
      field.reference('Kunde', 'A', 'E'),
      field.choice('Anlass', 'Beratung', 'Aufmaß', 'Abnahme'),
      field.number('Minuten'),
    ],
    rows: rowsOf(
      30,
      (at): SampleRow => [
        clock.date(age(at) - 4),
        1 + ((at * 5) % 18),
        cycle(['Beratung', 'Aufmaß', 'Abnahme'], at),
        30 + (at % 4) * 15,
      ],
    ),
    age,
  };
}
