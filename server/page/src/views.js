// Which module draws which route.
import { Conversation } from './views/conversation.js';
import { Conversations } from './views/conversations.js';
import { Event } from './views/event.js';
import { Lead } from './views/lead.js';
import { Leads } from './views/leads.js';
import { Overview } from './views/overview.js';
import { Rejected } from './views/rejected.js';
import { Rejection } from './views/rejection.js';
import { Settings } from './views/settings.js';
import { SignIn } from './views/sign-in.js';
import { Trail } from './views/trail.js';

export const views = {
    overview: Overview,
    trail: Trail,
    event: Event,
    conversations: Conversations,
    conversation: Conversation,
    leads: Leads,
    lead: Lead,
    rejected: Rejected,
    rejection: Rejection,
    settings: Settings,
    'sign-in': SignIn,
};
