// What was said at Fernhill Cycles, a shop for electric bicycles that does not exist. A line is said by u, the visitor, a,
// the assistant, or h, a person of the shop; or it is what happened: [type, reason].
export const AGENTS = [
    { id: '0b8e3a6c-5d1f-4c72-9a40-7f2e11d0c5a1', name: 'Shop assistant' },
    { id: '4c19d7e2-8f63-4b0a-b7d5-30a9e6b2f814', name: 'Service desk' },
    { id: '9e5f20b4-1a7c-4d38-8c6e-d4b81f7093a6', name: 'Fleet sales' },
];

export const PEOPLE = [
    ['Maria', 'Keller', 'Alpenquell', 'Head of Operations'], ['Tomás', 'Herrera', 'Puerto Verde', 'Facility Manager'],
    ['Aisha', 'Rahman', '', ''], ['Jonas', 'Lindqvist', 'Nordlys Kaffe', 'Owner'], ['Priya', 'Nair', 'Bluefin Couriers', 'Fleet Lead'],
    ['Émile', 'Dubois', '', ''], ['Hannah', 'Weiss', 'Stadtwerke Lindau', 'Procurement'], ['Kofi', 'Mensah', 'Harbour Homes', 'Director'],
    ['Sofia', 'Rossi', '', ''], ['Liam', 'O’Connor', 'Greenway Post', 'Operations'], ['Yuki', 'Tanaka', 'Minato Design', 'Office Manager'],
    ['Olga', 'Petrova', '', ''], ['Ben', 'Adler', 'Adler & Sohn', 'Workshop Lead'], ['Chloé', 'Martin', '', ''],
    ['Nadia', 'Haddad', 'Cedar Clinic', 'Administrator'], ['Oskar', 'Nowak', 'Wisła Logistics', 'Buyer'], ['Grace', 'Kim', '', ''],
    ['Mateus', 'Silva', 'Ribeira Hotels', 'Guest Services'], ['Freja', 'Holm', '', ''], ['David', 'Cohen', 'Tall Oak Legal', 'Partner'],
];

export const TALKS = [
    { agent: 0, lines: [
        ['u', 'Hi, is the Fernhill Trekker 3 available in size M? Your page only shows L.'],
        ['a', 'Yes: size M comes back on Thursday, in graphite and in moss. Shall I keep one for you?'],
        ['u', 'Moss please. Can I ride it before I buy it?'],
        ['a', 'Of course. We keep a demo bike in each shop; a ride takes half an hour and costs nothing. Which shop is nearest to you?'],
        ['buyer-intent-detected', 'Asks to reserve a Trekker 3 in size M and for a test ride'],
        ['u', 'Lindau. Saturday morning would be perfect.'],
        ['new-contact'],
        ['a', 'Saturday, 10:00 in Lindau it is. You will get a confirmation by mail.'] ] },
    { agent: 1, lines: [
        ['u', 'My battery shows 4 of 5 bars after a full charge. Is that normal? The bike is eight months old.'],
        ['a', 'A new battery shows all five. At eight months and fewer than 200 charges it should still do so. May I ask for the serial number? It stands below the handle of the battery.'],
        ['u', 'FH-2207-11893'],
        ['a', 'Thank you. This battery is of a series that needs an update of its controller, which any of our shops does while you wait.'],
        ['new-question', 'Does the controller update of series 2207 void the seal of the battery case?'],
        ['u', 'Does that void the warranty seal?'],
        ['a', 'I am not certain about the seal, and would rather not guess. I have noted the question for the service desk.'] ] },
    { agent: 0, lines: [
        ['u', 'do you ship to the Netherlands?'],
        ['a', 'We do: assembled, in a box with a handle, within five working days. Shipping is 49 €, and free from 2,500 €.'],
        ['u', 'great, thanks'] ] },
    { agent: 2, lines: [
        ['u', 'We are 40 people and want to lease bikes for the staff. Who do I talk to?'],
        ['a', 'You are in the right place. For 40 bikes there are two models: leasing through the employer, or a fleet that belongs to you. Which country are you in?'],
        ['buyer-intent-detected', 'Lease of about 40 bicycles for a company’s staff'],
        ['u', 'Germany. Leasing, with insurance.'],
        ['new-contact'],
        ['a', 'Then Carla from our fleet team should make you an offer. May she call you tomorrow?'],
        ['session-escalated', 'Wants an offer for a fleet of 40; beyond what the assistant may quote'],
        ['h', 'Hello, Carla here. I will call you at nine; if another time suits you better, just say so.'],
        ['u', 'Nine is fine.'] ] },
    { agent: 1, lines: [
        ['u', 'The rear brake squeals when it is wet. Already cleaned the disc.'],
        ['a', 'Wet squeal usually comes from glazed pads. Sand the surface lightly, or brake hard ten times from 25 km/h on a dry road. If it still squeals, the pads are due: kit BP-210, 18 €.'],
        ['u', 'ok will try that, thx 👍'] ] },
    { agent: 0, lines: [
        ['u', 'Can I pay in instalments?'],
        ['a', 'Yes, over 12 or 24 months at 0 %, from 500 €. You choose it at the checkout.'],
        ['u', 'Even for a used one?'],
        ['new-question', 'Are instalments possible for certified used bicycles?'],
        ['a', 'That I do not know for certain. A colleague will answer by mail, if you leave me your address.'],
        ['new-contact'] ] },
    { agent: 1, lines: [
        ['u', 'my order was due on monday and tracking has not moved since'],
        ['a', 'I am sorry to hear that. The parcel left our warehouse on Friday; the carrier has not scanned it since. I can open an inquiry, or hand you over to a person.'],
        ['u', 'a person please, this is the second time'],
        ['session-escalated', 'Parcel lost for the second time; asks for a person'],
        ['h', 'Hi, this is Ben from the service desk. That should not happen twice. I am sending a replacement today by express, and you keep the voucher as well.'],
        ['u', 'thank you, that is very kind'] ] },
    { agent: 0, lines: [
        ['u', 'Guten Tag! Passt der Kindersitz von Thule auf das Cargo 2?'],
        ['a', 'Guten Tag! Ja, auf das Cargo 2 passen zwei Sitze hintereinander; Sie brauchen dafür die lange Gepäckträgerplatte (59 €).'],
        ['u', 'Super, danke. Bestelle ich gleich mit.'] ] },
    { agent: 2, lines: [
        ['u', 'Do you offer a service contract for cargo bikes that run 60 km a day?'],
        ['a', 'Yes. Fleet Care covers wear parts, two inspections a month on your premises and a replacement bike within a day.'],
        ['buyer-intent-detected', 'Service contract for cargo bicycles in daily courier use'],
        ['u', 'What does it cost for twelve bikes?'],
        ['new-contact'],
        ['session-escalated', 'Price of Fleet Care for twelve bicycles'] ] },
];

// The conversation that the pictures show: two days, every kind of event.
export const FOCUS = { agent: 0, person: 0, lines: [
    ['u', 'Hello! We run three plants and want cargo bikes for moving parts between halls. Do you have something that carries 180 kg?'],
    ['a', 'Hello, and welcome! The Fernhill Haul carries 200 kg on its platform, besides the rider, and its box can be taken off in a minute. How far apart are your halls?'],
    ['u', 'About 800 m each way, some 30 rides a day. Indoors the floor is smooth, outside there are tram rails.'],
    ['a', 'Then one battery lasts a shift: 30 rides of 1.6 km are 48 km, and a Haul does 70 km with a full load. For tram rails we fit 62 mm tyres, which do not fall into the groove.'],
    ['new-question', 'Is the Haul certified for use in ATEX zone 2?'],
    ['u', 'One hall stores solvents. Is the bike certified for ATEX zone 2?'],
    ['a', 'I am not certain about ATEX zone 2 and would rather not guess. I have noted the question for an engineer.'],
    ['buyer-intent-detected', 'Six cargo bicycles for three plants, this quarter; has a budget'],
    ['u', 'Please do. If that works we would take six, this quarter.'],
    ['new-contact'],
    ['a', 'Thank you, Maria. I have your details; an engineer will answer here or by mail.'],
    ['session-escalated', 'Certification question that decides an order of six; asks for an engineer'],
    ['h', 'Good afternoon, this is Jan, who builds the Haul. In zone 2 it may be parked with its battery taken out, but not ridden. For the solvent hall I would suggest the trailer: it is pulled by hand there, and has neither motor nor battery.'],
    ['u', 'That is a good idea, actually. Can you send a drawing of the trailer?'],
    ['h', 'Sent. It is 78 cm wide, so it passes your doors.'],
    ['next day'],
    ['u', 'The drawing is fine. Please quote six Hauls and two trailers, delivered to the Lindau plant.'],
    ['h', 'With pleasure. You will have it by noon.'],
    ['visitor-identified'],
    ['session-escalated', 'Quote for six Hauls and two trailers'],
] };
