/** Spanish: the texts of ../en/messages.ts. */
import type { ErrorSentences } from '../en/index.ts';

export default {
  'too many mails were requested: please wait {1} seconds.': 'Se han pedido demasiados correos: espere {1} segundos.',
  'this account was disabled, or its password changed, meanwhile.':
    'Entretanto, esta cuenta se ha desactivado o su contraseña ha cambiado.',
  'this account is being deleted.': 'Esta cuenta se está eliminando.',
  'accounts are created by the administrator of this server.':
    'Las cuentas las crea el administrador de este servidor.',
  'you have no such passkey.': 'No tiene esa clave de acceso.',
  'too many passkeys were tried from your network in the last minute.':
    'En el último minuto se han probado demasiadas claves de acceso desde su red.',
  'too much data was sent from your network in the last minute.':
    'En el último minuto se han enviado demasiados datos desde su red.',
  'too much data was sent to this server in the last minute.':
    'En el último minuto se han enviado demasiados datos a este servidor.',
  'there is no such social login.': 'Ese servicio de inicio de sesión no existe aquí.',
  'no such account is linked to yours.': 'No hay ninguna cuenta así vinculada a la suya.',
  'the directory that this account belongs to may not sign in here':
    'el directorio al que pertenece esta cuenta no puede iniciar sesión aquí',
  'this form was made for another session: you may have signed in again since. Please reload the page.':
    'Este formulario es de otra sesión: puede que desde entonces haya vuelto a iniciarla. Recargue la página.',
  'this form was opened at {1}, but the address of this server is {2}: open it there.':
    'Este formulario se abrió en {1}, pero la dirección de este servidor es {2}: ábralo allí.',
  'this form was sent by another site, so it was refused: open the form at {1}.':
    'Este formulario lo envió otro sitio y por eso se rechazó: ábralo en {1}.',
  'this form was not issued by this server, or is incomplete.':
    'Este formulario no es de este servidor o está incompleto.',
  'this form is not one of ours, or it was not sent whole.':
    'Este formulario no es de los nuestros o no se envió entero.',
  'there is nothing at this address.': 'No hay nada en esta dirección.',
  'the playground is disabled.': 'El playground está desactivado.',
  'this endpoint is disabled.': 'Este punto de conexión está desactivado.',
  'use {1} here.': 'Use {1} aquí.',
  'Something went wrong here.': 'Algo ha fallado aquí.',
  'The server cannot reach its storage right now. Nothing was changed; please send the request again.':
    'El servidor no puede acceder ahora a su almacenamiento. No se ha cambiado nada; envíe la solicitud de nuevo.',
  'the body must be application/x-www-form-urlencoded.': 'El cuerpo debe ser application/x-www-form-urlencoded.',
  'the body is larger than {1} bytes.': 'El cuerpo supera los {1} bytes.',
  'the body is not valid UTF-8.': 'El cuerpo no es UTF-8 válido.',
  '{1} is given more than once.': '{1} se indica más de una vez.',
  '{1} is missing.': 'Falta {1}.',
  'there are too many parameters.': 'Hay demasiados parámetros.',
  'a parameter is not valid percent-encoded UTF-8.': 'Un parámetro no es UTF-8 válido con codificación por ciento.',
  'a parameter contains a control character.': 'Un parámetro contiene un carácter de control.',
  'no client with this client_id exists.': 'No existe ningún cliente con este client_id.',
  'too many requests for unknown clients from your network.':
    'Han llegado demasiadas solicitudes de clientes desconocidos desde su red.',
  'this client is disabled.': 'Este cliente está desactivado.',
  'an administrator refused this client.': 'Un administrador ha rechazado este cliente.',
  'this client awaits the approval of an administrator.': 'Este cliente espera la aprobación de un administrador.',
  'an administrator has not approved this application yet.': 'Un administrador todavía no ha aprobado esta aplicación.',
  'this client is not registered for the grant type {1}.':
    'Este cliente no está registrado para el tipo de concesión {1}.',
  'client_id cannot be the URL of a metadata document: {1}.':
    'client_id no puede ser la URL de un documento de metadatos: {1}.',
  'the metadata document of this client is invalid: {1}.':
    'El documento de metadatos de este cliente no es válido: {1}.',
  'redirect_uri is missing.': 'Falta redirect_uri.',
  'redirect_uri cannot be used: {1}': 'redirect_uri no se puede usar: {1}',
  'its client_id is not its URL': 'su client_id no es su URL',
  'it has {1}, which must not be public': 'contiene {1}, que no debe ser público',
  'it is not a URL': 'no es una URL',
  'it is not an absolute URI.': 'no es un URI absoluto.',
  'it holds a character that a URI cannot have.': 'contiene un carácter que un URI no puede tener.',
  'it must not have a fragment.': 'no debe tener fragmento.',
  'it must not hold a user name or password.': 'no debe contener nombre de usuario ni contraseña.',
  'http is only for loopback (http://127.0.0.1, http://[::1], http://localhost); use https.':
    'http es solo para el bucle local (http://127.0.0.1, http://[::1], http://localhost); use https.',
  'redirect_uri is not registered for this client.': 'redirect_uri no está registrado para este cliente.',
  'redirect_uri is no longer registered for this client.': 'redirect_uri ya no está registrado para este cliente.',
  'response_type must be {1}.': 'response_type debe ser {1}.',
  '{1} must be one of: {2}.': '{1} debe ser uno de estos valores: {2}.',
  'this request is longer than 6 KB. The application must push it (PAR, RFC 9126), or send a shorter one.':
    'Esta solicitud supera los 6 KB. La aplicación debe transmitirla antes (PAR, RFC 9126) o enviar una más corta.',
  'this request is too long for an authorization code. Push it (PAR, RFC 9126), or use a shorter nonce, redirect URI, or fewer scopes, resources and claims.':
    'Esta solicitud es demasiado larga para un código de autorización. La aplicación debe transmitirla antes (PAR, RFC 9126) o acortar nonce, URI de redirección, ámbitos, recursos y claims.',
  'this request must be pushed first (PAR, RFC 9126).': 'Esta solicitud se debe transmitir antes (PAR, RFC 9126).',
  'request objects are not supported.': 'No se admiten objetos de solicitud.',
  'request_uri is not supported.': 'No se admite request_uri.',
  'request_uri is unknown, expired, or was already used.': 'request_uri es desconocido, ha caducado o ya se ha usado.',
  'the parameter registration is not supported.': 'No se admite el parámetro registration.',
  'code_challenge is missing: PKCE is required for this client.':
    'Falta code_challenge: PKCE es obligatorio para este cliente.',
  'code_challenge is missing.': 'Falta code_challenge.',
  'code_challenge_method must be S256.': 'code_challenge_method debe ser S256.',
  'code_challenge must be the base64url of a SHA-256 digest, 43 characters.':
    'code_challenge debe ser un resumen SHA-256 en base64url, de 43 caracteres.',
  'PKCE is now required for this client, and the request had no code_challenge.':
    'PKCE es ahora obligatorio para este cliente, y la solicitud no tenía code_challenge.',
  'dpop_jkt must be the base64url of a SHA-256 thumbprint, 43 characters.':
    'dpop_jkt debe ser una huella SHA-256 en base64url, de 43 caracteres.',
  'prompt=none cannot be combined with another prompt.': 'prompt=none no se puede combinar con otro valor.',
  'max_age must be a number of seconds.': 'max_age debe ser un número de segundos.',
  'id_token_hint is not an id_token of this server.': 'id_token_hint no es un id_token de este servidor.',
  'id_token_hint was issued to another client.': 'id_token_hint se emitió para otro cliente.',
  'claims is not JSON.': 'claims no es JSON.',
  'claims, at {1}, is not a request for claims (OpenID Connect Core section 5.5).':
    'claims no es, en {1}, una solicitud de claims (OpenID Connect Core, sección 5.5).',
  'claims is not a request for claims (OpenID Connect Core section 5.5).':
    'claims no es una solicitud de claims (OpenID Connect Core, sección 5.5).',
  'scope holds a character that a scope cannot have (RFC 6749 section 3.3).':
    'scope contiene un carácter que un ámbito no puede tener (RFC 6749, sección 3.3).',
  'none of the requested scopes exists at the resource and is allowed for this client.':
    'Ninguno de los ámbitos solicitados existe en el recurso y está permitido para este cliente.',
  'none of the approved scopes is still allowed.': 'Ninguno de los ámbitos aprobados sigue estando permitido.',
  'resource must be an absolute URI without a fragment, and not too long.':
    'resource debe ser un URI absoluto sin fragmento y no demasiado largo.',
  'resource is not known to this server.': 'Este servidor no conoce resource.',
  'the application was changed just now: try again.': 'La aplicación acaba de cambiar: inténtelo de nuevo.',
  'language must be one of those of this server.': 'language debe ser uno de los idiomas de este servidor.',
  'this needs a sign-in with a second factor now: the user must authorize again.':
    'Ahora hace falta un inicio de sesión con un segundo factor: el usuario debe autorizar de nuevo.',
  'the user denied the request.': 'El usuario ha denegado la solicitud.',
  'the user is not signed in, or not recently enough.': 'El usuario no ha iniciado sesión, o no lo ha hecho hace poco.',
  'the user may not use this application.': 'El usuario no puede usar esta aplicación.',
  'another user signed in than the requested one.': 'Ha iniciado sesión un usuario distinto del solicitado.',
  'the user could not authenticate as acr requires.': 'El usuario no ha podido autenticarse como exige acr.',
  'the session has ended.': 'La sesión ha terminado.',
  '{1} is only for users with the role {2}.': '{1} es solo para usuarios con el rol {2}.',
  'too many wrong codes: please wait {1} seconds and try again.':
    'Demasiados códigos incorrectos: espere {1} segundos e inténtelo de nuevo.',
  'client_id is not the client that id_token_hint was issued to.':
    'client_id no es el cliente para el que se emitió id_token_hint.',
  'post_logout_redirect_uri needs an id_token_hint or a client_id.':
    'post_logout_redirect_uri necesita id_token_hint o client_id.',
  'post_logout_redirect_uri is not registered for this client.':
    'post_logout_redirect_uri no está registrado para este cliente.',
  'there is no such page.': 'Esa página no existe aquí.',
  'there is no such connected app.': 'Esa aplicación conectada no existe aquí.',
  'this account may not connect this application.': 'Esta cuenta no puede conectar esta aplicación.',
  'return_to is neither a path of this server nor an origin that is allowed.':
    'return_to no es una ruta de este servidor ni un origen permitido.',
  '{1} refused, {2} ({3})': '{1} lo ha rechazado: {2} ({3})',
  'access was refused there': 'allí se ha denegado el acceso',
  'the access has expired or was revoked there': 'el acceso ha caducado o se ha revocado allí',
  'it does not accept the credentials of this server': 'allí no se aceptan las credenciales de este servidor',
  'it does not allow this server to do that': 'allí no se permite a este servidor hacerlo',
  'it does not support this grant type': 'allí no se admite este tipo de concesión',
  'it does not know the requested scopes, or does not allow them':
    'allí no se conocen o no se permiten los ámbitos solicitados',
  'it did not understand the request': 'allí no se ha entendido la solicitud',
  'it issues no tokens for the requested resource': 'allí no se emiten tokens para el recurso solicitado',
  'it requires a new nonce each time': 'allí se exige un nonce nuevo cada vez',
  'it does not accept the proof that this server holds the key':
    'allí no se acepta la prueba de que este servidor tiene la clave',
  'it does not support the authorization code flow': 'allí no se admite el flujo de código de autorización',
  'something went wrong there': 'algo ha fallado allí',
  'it is overloaded or in maintenance': 'el servicio está sobrecargado o en mantenimiento',
  'it requires you to sign in there': 'tiene que iniciar sesión allí',
  'it requires your consent again': 'tiene que dar allí de nuevo su consentimiento',
  'it requires an action of yours there': 'allí hace falta una acción suya',
  'for another reason': 'por otro motivo',
  '{1} sent an answer that cannot be used: {2} without {3}':
    '{1} ha enviado una respuesta que no se puede usar: {2} sin {3}',
  '{1} sent an answer that cannot be used': '{1} ha enviado una respuesta que no se puede usar',
  '{1} answered {2} when it was asked who you are': '{1} ha respondido {2} cuando se le preguntó quién es usted',
  '{1} answered {2}, which is no error of OAuth': '{1} ha respondido {2}, que no es un error de OAuth',
  '{1} answered {2} instead of 200': '{1} ha respondido {2} en lugar de 200',
  '{1} answered {2}': '{1} ha respondido {2}',
  '{1} did not answer within {2} seconds': '{1} no ha respondido en {2} segundos',
  '{1} sent the content type {2}, which is not accepted': '{1} ha enviado el tipo de contenido {2}, que no se acepta',
  '{1} sent more than {2} bytes': '{1} ha enviado más de {2} bytes',
  '{1} cannot be fetched: {2}': '{1} no se puede obtener: {2}',
  '{1} did not say who you are there': '{1} no ha indicado quién es usted allí',
  '{1} did not say whose profile it sent (its userinfo has no sub)':
    '{1} no ha indicado de quién es el perfil enviado (su userinfo no tiene sub)',
  '{1} named two different users': '{1} ha nombrado dos usuarios distintos',
  '{1} sent something that is not JSON': '{1} ha enviado algo que no es JSON',
  '{1} sent userinfo that is not for this server': '{1} ha enviado un userinfo que no es para este servidor',
  '{1} sent {2} that cannot be verified': '{1} ha enviado algo que no se puede verificar ({2})',
  '{1} sent a token that is bound to a key (DPoP), which this server did not request':
    '{1} ha enviado un token ligado a una clave (DPoP), que este servidor no pidió',
  '{1} registered this server without a secret': '{1} ha registrado este servidor sin secreto',
  '{1} requires a new nonce each time': '{1} exige un nonce nuevo cada vez',
  '{1} accepts each code once, and the first attempt used this one. Please start again':
    '{1} acepta cada código una sola vez, y el primer intento gastó este. Empiece de nuevo',
  '{1} does not support PKCE with S256, which is required': '{1} no admite PKCE con S256, que es obligatorio',
  '{1} names no authorization or no token endpoint': '{1} no indica un punto de conexión de autorización o de token',
  '{1} was called too often in the last minute': '{1} se ha llamado demasiadas veces en el último minuto',
  'your network named too many addresses in the last minute':
    'su red ha indicado demasiadas direcciones en el último minuto',
  'this answer belongs to another request': 'esta respuesta es de otra solicitud',
  'this answer does not come from {1}, where it was expected from':
    'esta respuesta no procede de {1}, como se esperaba',
  'this answer was used before': 'esta respuesta ya se ha usado',
  'the client secret of this server is missing': 'falta el secreto de cliente de este servidor',
  'this server has no key that is accepted there': 'este servidor no tiene ninguna clave que se acepte allí',
  'the application is connected through another server now': 'la aplicación se conecta ahora a través de otro servidor',
  'it expired, and there is no refresh token': 'ha caducado y no hay token de actualización',
  'its tokens cannot be read': 'sus tokens no se pueden leer',
  'the provider has not been discovered': 'el proveedor todavía no se ha descubierto',
  'it is disabled': 'el servicio está desactivado',
  '{1}: {2}': '{1}: {2}',
} satisfies ErrorSentences;
