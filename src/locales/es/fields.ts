/** Spanish: the texts of ../en/fields.ts. */
import type { Texts } from '../en/index.ts';

export default {
  email: 'Dirección de correo electrónico',
  password: 'Contraseña',
  passwordHint: 'Al menos 8 caracteres; unas cuantas palabras son fáciles de recordar y difíciles de adivinar.',
  showPassword: 'Mostrar la contraseña',
  hidePassword: 'Ocultar la contraseña',
  name: 'Su nombre',
  staleForm: 'Esta página ha estado abierta demasiado tiempo. Inténtelo de nuevo.',
  problems: {
    email: 'No es una dirección de correo electrónico.',
    passwordMissing: 'Elija una contraseña.',
    passwordShort: 'Elija una contraseña de al menos 8 caracteres.',
    passwordCommon: 'Esta contraseña es de las que se prueban primero. Elija otra, por ejemplo unas cuantas palabras.',
    passwordLong: 'Elija una contraseña de 256 caracteres como máximo.',
    name: 'Escriba su nombre.',
  },
} satisfies Texts['fields'];
