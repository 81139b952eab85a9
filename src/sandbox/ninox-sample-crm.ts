import {
  cycle,
  emailOf,
  field,
  locationOf,
  type Place,
  phoneOf,
  plain,
  rowsOf,
  type SampleClock,
  type SampleDatabase,
  type SampleRow,
  type SampleTable,
} from './ninox-sample-builder.ts';

export function crmSample(id: string, clock: SampleClock): SampleDatabase {
  const tables = [companies(), contacts(), activities(clock), deals(clock)];
  return { id, name: 'CRM', icon: 'address-book', color: '#3b6fb5', tables };
}

type Company = readonly [name: string, status: string, place: Place, street: string];

/** Number 9 repeats number 4, 17 is a test, 21 no longer exists. */
const companyList: readonly Company[] = [
  ['Quillmere Bookshop', 'Customer', 'Leeds', '12 Mill Lane'],
  ['Tassenbrook Tea Rooms', 'Customer', 'Bristol', '3 Harbour Steps'],
  ['Hasselbrink Optik', 'Customer', 'Bremen', 'Lindenweg 8'],
  ['Pellworth Café', 'Customer', 'Bristol', '41 Corn Row'],
  ['Varnholt Zahnärzte', 'Lead', 'Kassel', 'Marktgasse 2'],
  ['Dunmarsh Physiotherapy', 'Customer', 'Leeds', '7 Orchard Close'],
  ['Ebbingfeld Hotel', 'Customer', 'Regensburg', 'Uferstraße 19'],
  ['Toverley Primary School', 'Lead', 'Leeds', '90 School Road'],
  ['Pellworth Cafe', 'Lead', 'Bristol', '41 Corn Row'],
  ['Kestenau Steuerbüro', 'Customer', 'Graz', 'Ringgasse 5'],
  ['Marlstede Gartenbau', 'Dormant', 'Bremen', 'Am Deich 33'],
  ['Wickhollow Yoga Studio', 'Lead', 'Cork', '5 Quay Street'],
  ['Ottensande Bäckerei', 'Customer', 'Bremen', 'Kirchplatz 1'],
  ['Farrowgate Veterinary', 'Customer', 'Cork', '22 Hill View'],
  ['Birkenrode Apotheke', 'Customer', 'Kassel', 'Hauptstraße 71'],
  ['Lowmarket Co-working', 'Lead', 'Bristol', '18 Temple Yard'],
  ['TEST company, please delete', 'Lead', 'Bremen', 'Teststraße 1'],
  ['Steinwiesen Pension', 'Dormant', 'Graz', 'Bergweg 12'],
  ['Hollin Bridge Library', 'Customer', 'Leeds', '1 Bridge End'],
  ['Amselhof Kindergarten', 'Customer', 'Regensburg', 'Amselweg 4'],
  ['Cranfold Printing (closed down)', 'Dormant', 'Bristol', '60 Dock Road'],
  ['Neuwarden Notariat', 'Lead', 'Kassel', 'Schlossallee 9'],
  ['Greyfen Music School', 'Customer', 'Cork', '14 Abbey Street'],
  ['Rosenmoor Seniorenheim', 'Customer', 'Regensburg', 'Parkweg 27'],
];

function companies(): SampleTable {
  return {
    id: 'A',
    name: 'Companies',
    fields: [
      field.text('Name'),
      field.choice('Status', 'Lead', 'Customer', 'Dormant'),
      field.phone('Phone'),
      field.location('Address'),
      field.link('Website'),
      field.reverse('Contacts', 'B', 'E'),
      field.reverse('Deals', 'D', 'B'),
    ],
    rows: companyList.map(([name, status, place, street], at) => [
      name,
      status,
      phoneOf(at),
      locationOf(street, place),
      status === 'Lead' ? null : `https://${plain(name)}.example.com`,
    ]),
    age: (row) => 400 - row * 12,
  };
}

type Contact = readonly [first: string, last: string, company: number, newsletter: boolean, note?: string];

/** Number 12 repeats number 5, 23 is a test, 31 nobody knows, 38 repeats number 2. */
const contactList: readonly Contact[] = [
  ['Nora', 'Quillen', 1, true],
  ['Tom', 'Ashdown', 2, true, 'Prefers calls before noon'],
  ['Imke', 'Hassel', 3, false],
  ['Priya', 'Pell', 4, true],
  ['Jonas', 'Varnhorst', 5, true, 'Decides about furniture for the waiting room'],
  ['Dana', 'Marsh', 6, false],
  ['Ulrich', 'Ebbing', 7, true],
  ['Grace', 'Tovey', 8, false],
  ['Lena', 'Kesten', 10, true],
  ['Malte', 'Steede', 11, false, 'Has not answered since spring'],
  ['Orla', 'Wickham', 12, true],
  ['Jonas', 'Varnhorst', 5, true, 'Duplicate of contact 5, entered twice after the fair'],
  ['Bent', 'Ottens', 13, true],
  ['Saoirse', 'Farrow', 14, false],
  ['Heike', 'Birk', 15, true],
  ['Dev', 'Lowmark', 16, true],
  ['Paula', 'Steinwies', 18, false],
  ['Harriet', 'Hollin', 19, true],
  ['Jule', 'Amsel', 20, true],
  ['Owen', 'Cranfold', 21, false, 'Company closed down'],
  ['Rainer', 'Neuwarden', 22, true],
  ['Fiona', 'Greyfen', 23, true],
  ['Test', 'Test', 17, false, 'test entry, please delete'],
  ['Anke', 'Rosenmoor', 24, true],
  ['Felix', 'Quillen', 1, false],
  ['Mara', 'Hassel', 3, true],
  ['Callum', 'Ashdown', 2, false],
  ['Silke', 'Ebbing', 7, true, 'Books the seminar room'],
  ['Noel', 'Tovey', 8, false],
  ['Thea', 'Kesten', 10, true],
  ['asdf', 'asdf', 17, false],
  ['Erik', 'Ottens', 13, true],
  ['Niamh', 'Farrow', 14, true],
  ['Gregor', 'Birk', 15, false],
  ['Isla', 'Hollin', 19, true],
  ['Kolja', 'Amsel', 20, false],
  ['Maeve', 'Greyfen', 23, true],
  ['tom', 'ashdown', 2, true, 'same as contact 2?'],
  ['Ines', 'Rosenmoor', 24, false],
  ['Piet', 'Neuwarden', 22, true],
];

function contacts(): SampleTable {
  return {
    id: 'B',
    name: 'Contacts',
    fields: [
      field.text('First name'),
      field.text('Last name'),
      field.email('Email'),
      field.flag('Newsletter'),
      field.reference('Company', 'A', 'F'),
      field.text('Note'),
      field.reverse('Activities', 'C', 'D'),
      field.formula('Full name', "'First name' + \" \" + 'Last name'"),
    ],
    rows: contactList.map(([first, last, company, newsletter, note]) => [
      first,
      last,
      emailOf(first, last),
      newsletter,
      company,
      note ?? null,
    ]),
    age: (row) => 380 - row * 9,
    files: [
      { row: 11, name: 'business-card.txt', contentType: 'text/plain', text: 'Jonas Varnhorst, Varnholt Zahnärzte' },
      { row: 11, name: 'fair-notes.txt', contentType: 'text/plain', text: 'Met at the fair, entered twice.' },
      { row: 27, name: 'seminar-room.txt', contentType: 'text/plain', text: 'Two tables, twenty chairs.' },
    ],
  };
}

function activities(clock: SampleClock): SampleTable {
  const subjects = [
    ['Call', 'Asked about delivery dates'],
    ['Email', 'Sent the offer again with the new colours'],
    ['Visit', 'Measured the reception'],
    ['Call', 'Wants to wait for the new catalogue'],
    ['Email', 'Confirmed the order'],
    ['Note', 'Invoice goes to the head office from now on'],
  ] as const;
  const age = (row: number) => (59 - row) / 3;
  return {
    id: 'C',
    name: 'Activities',
    fields: [
      field.date('Date'),
      field.choice('Kind', 'Call', 'Email', 'Visit', 'Note'),
      field.text('Subject'),
      field.reference('Contact', 'B', 'G'),
      field.number('Minutes'),
    ],
    rows: rowsOf(60, (at): SampleRow => {
      const [kind, subject] = cycle(subjects, at);
      return [clock.date(age(at)), kind, subject, 1 + ((at * 7) % 40), kind === 'Note' ? null : 5 + ((at * 11) % 50)];
    }),
    age,
  };
}

function deals(clock: SampleClock): SampleTable {
  const goods = ['Shelving', 'Reception desk', 'Chairs', 'Reading corner', 'Meeting table'] as const;
  const stages = ['Open', 'Offer sent', 'Won', 'Lost'] as const;
  return {
    id: 'D',
    name: 'Deals',
    fields: [
      field.text('Title'),
      field.reference('Company', 'A', 'G'),
      field.number('Amount'),
      field.choice('Stage', ...stages),
      field.date('Expected close'),
      field.multi('Tags', 'Repeat order', 'Fair', 'Recommended', 'Urgent'),
      field.formula('Weighted amount', 'if Stage = 2 then Amount * 0.5 else if Stage = 3 then Amount else 0 end end'),
    ],
    rows: rowsOf(22, (at): SampleRow => {
      const company = 1 + ((at * 5) % 24);
      const tags = [...(at % 2 === 0 ? ['Repeat order'] : []), ...(at % 5 === 0 ? ['Urgent'] : [])];
      return [
        `${cycle(goods, at)} for ${companyList[company - 1]?.[0]}`,
        company,
        800 + ((at * 1370) % 9400),
        cycle(stages, at),
        clock.date(40 - at * 5),
        tags.length === 0 ? null : tags,
      ];
    }),
    age: (row) => 120 - row * 5,
  };
}

/** What was imported from an earlier program and is still lying around. */
export function oldCrmSample(id: string, clock: SampleClock): SampleDatabase {
  const addresses: SampleTable = {
    id: 'A',
    name: 'Addresses',
    fields: [field.text('Line 1'), field.text('Line 2'), field.text('Imported from'), field.date('Last used')],
    rows: companyList
      .slice(0, 16)
      .map(([name, , place, street], at) => [name, `${street}, ${place}`, 'addresses.csv', clock.date(1500 - at * 20)]),
    age: (row) => 1400 - row,
  };
  const remarks: SampleTable = {
    id: 'B',
    name: 'Remarks',
    fields: [field.text('Text'), field.flag('Done'), field.number('Old number')],
    rows: rowsOf(12, (at): SampleRow => [`Remark ${at + 1}, taken over unread`, at % 3 === 0, 7000 + at * 13]),
    age: (row) => 1400 - row,
  };
  return { id, name: 'CRM (old)', icon: 'archive', color: '#8a8a8a', tables: [addresses, remarks] };
}
