/** French: the texts of ../en/sessions.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Où vous êtes connecté',
  lead: 'Déconnectez tout ce que vous ne reconnaissez pas et choisissez un autre mot de passe.',
  partly: 'Une partie de la liste ne peut pas être affichée pour le moment. Veuillez réessayer dans une minute.',
  thisOne: 'Ce navigateur',
  signedIn: 'Connexion',
  lastSeen: 'Dernière activité',
  by: 'Avec',
  how: { pwd: 'un mot de passe', hwk: 'une clé d’accès', swk: 'une clé d’accès' },
  elsewhere: 'un compte d’un autre service',
  end: (device) => `Déconnecter ${device}`,
  endOthers: 'Déconnecter tous les autres',
  unknownDevice: 'Appareil inconnu',
  on: (browser, system) => `${browser} sous ${system}`,
} satisfies Texts['sessions'];
