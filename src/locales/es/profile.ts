/** Spanish: the texts of ../en/profile.ts. */
import type { Texts } from '../en/index.ts';

export default {
  title: 'Perfil',
  lead: 'Esto lo ven las aplicaciones a las que permite ver su nombre.',
  givenName: 'Nombre de pila',
  familyName: 'Apellidos',
  optional: 'Puede dejarlo vacío.',
  picture: 'Dirección de una foto',
  pictureHint: 'Una dirección https. Las aplicaciones la cargan desde allí; este servidor nunca lo hace.',
  language: 'Idioma',
  languageHint: 'El de las páginas de aquí y de los correos que recibe.',
  browserLanguage: 'El idioma del navegador',
  submit: 'Guardar',
  problems: {
    notPlain: 'Contiene un carácter que un nombre no puede tener.',
    tooLong: '200 caracteres como máximo, por favor.',
    picture: 'No es una dirección https.',
  },
} satisfies Texts['profile'];
