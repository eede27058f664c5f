/** Types of findings about password guessing. */
import type { Measures } from '../measure.ts';
import { always, BY_ROLE } from '../severity.ts';
import { type FindingType, OWNER, perSecond, type Situation } from './finding-type.ts';

const guessFigures = (measures: Measures) => ({
  attempts: measures.attempts,
  hosts: measures.servers.size,
  attemptsPerSecond: perSecond(measures.attempts, measures),
});

/** Connections a second below which a stranger's tries are the weather: ten in five minutes, from which lib/detectors/flatness.ts takes notice. */
const SMALL_ATTEMPTS_PER_SECOND = 10 / 300;

const isSmall = ({ measures, actorIsOurs }: Situation) =>
  !actorIsOurs && measures.attempts < SMALL_ATTEMPTS_PER_SECOND * measures.activeSeconds;

export const GUESSING: readonly FindingType[] = [
  {
    type: 'brute-force-success',
    class: 'brute-force',
    title: '{actor} guessed a password for {service} on {targets} and got in',
    meaning:
      'After many short, alike sessions to a login service came one that did clearly more: the guessing has most likely succeeded.',
    severity: always('critical'),
    technique: { id: 'T1110.001', name: 'Brute Force: Password Guessing' },
    observed: guessFigures,
    nextSteps: [
      'Treat {targets} as taken over until its login log says otherwise: look for the login from {actor}.',
      'End the sessions of that account, change its password and look at what it did since.',
      'Isolate {targets} with a security group that allows nothing if the login is confirmed.',
    ],
  },
  {
    type: 'password-spray',
    class: 'brute-force',
    fits: ({ measures }) => measures.servers.size >= 5,
    title: '{actor} tries passwords for {service} on {targets}',
    meaning:
      'One host made many short, alike sessions to a login service on several hosts: a few passwords against many doors.',
    severity: BY_ROLE,
    isSmall,
    technique: { id: 'T1110.003', name: 'Brute Force: Password Spraying' },
    observed: guessFigures,
    nextSteps: [
      'Search the login logs of the targets for a success from {actor} after the first attempt.',
      'Close {service} to everyone who does not need it; require keys or a second factor.',
      OWNER,
    ],
  },
  {
    type: 'brute-force',
    class: 'brute-force',
    fits: () => true,
    title: '{actor} guesses passwords for {service} on {targets}',
    meaning: 'One host made many short, alike sessions to a login service: somebody is trying passwords.',
    severity: BY_ROLE,
    isSmall,
    technique: { id: 'T1110.001', name: 'Brute Force: Password Guessing' },
    observed: guessFigures,
    nextSteps: [
      'Search the login logs of {targets} for a success from {actor} after the first attempt.',
      'Close {service} to everyone who does not need it; require keys or a second factor.',
      OWNER,
    ],
  },
];
