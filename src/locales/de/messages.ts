/** German: the texts of ../en/messages.ts. */
import type { ErrorSentences } from '../en/index.ts';

export default {
  'too many mails were requested: please wait {1} seconds.':
    'Es wurden zu viele E-Mails angefordert: Bitte warten Sie {1} Sekunden.',
  'this account was disabled, or its password changed, meanwhile.':
    'Dieses Konto wurde inzwischen deaktiviert, oder sein Passwort wurde geändert.',
  'this account is being deleted.': 'Dieses Konto wird gerade gelöscht.',
  'accounts are created by the administrator of this server.': 'Konten erstellt der Administrator dieses Servers.',
  'you have no such passkey.': 'Sie haben keinen solchen Passkey.',
  'too many passkeys were tried from your network in the last minute.':
    'Aus Ihrem Netz wurden in der letzten Minute zu viele Passkeys ausprobiert.',
  'too much data was sent from your network in the last minute.':
    'Aus Ihrem Netz wurden in der letzten Minute zu viele Daten gesendet.',
  'too much data was sent to this server in the last minute.':
    'An diesen Server wurden in der letzten Minute zu viele Daten gesendet.',
  'there is no such social login.': 'Diesen Anmeldedienst gibt es hier nicht.',
  'no such account is linked to yours.': 'Mit Ihrem Konto ist kein solches Konto verknüpft.',
  'the directory that this account belongs to may not sign in here':
    'das Verzeichnis, zu dem dieses Konto gehört, ist für die Anmeldung hier nicht zugelassen',
  'this form was made for another session: you may have signed in again since. Please reload the page.':
    'Dieses Formular gehört zu einer anderen Sitzung: Vielleicht haben Sie sich inzwischen neu angemeldet. Bitte laden Sie die Seite neu.',
  'this form was opened at {1}, but the address of this server is {2}: open it there.':
    'Dieses Formular wurde unter {1} geöffnet, aber die Adresse dieses Servers ist {2}: Öffnen Sie es dort.',
  'this form was sent by another site, so it was refused: open the form at {1}.':
    'Dieses Formular wurde von einer anderen Website gesendet und deshalb abgelehnt: Öffnen Sie es unter {1}.',
  'this form was not issued by this server, or is incomplete.':
    'Dieses Formular stammt nicht von diesem Server oder ist unvollständig.',
  'this form is not one of ours, or it was not sent whole.':
    'Dieses Formular stammt nicht von uns oder wurde nicht vollständig gesendet.',
  'there is nothing at this address.': 'Unter dieser Adresse ist nichts.',
  'the playground is disabled.': 'Der Playground ist deaktiviert.',
  'this endpoint is disabled.': 'Dieser Endpunkt ist deaktiviert.',
  'use {1} here.': 'Hier ist {1} zu verwenden.',
  'Something went wrong here.': 'Hier ist etwas schiefgegangen.',
  'The server cannot reach its storage right now. Nothing was changed; please send the request again.':
    'Der Server erreicht gerade seinen Speicher nicht. Es wurde nichts geändert; bitte senden Sie die Anfrage noch einmal.',
  'the body must be application/x-www-form-urlencoded.': 'Der Inhalt muss application/x-www-form-urlencoded sein.',
  'the body is larger than {1} bytes.': 'Der Inhalt ist größer als {1} Bytes.',
  'the body is not valid UTF-8.': 'Der Inhalt ist kein gültiges UTF-8.',
  '{1} is given more than once.': '{1} ist mehr als einmal angegeben.',
  '{1} is missing.': '{1} fehlt.',
  'there are too many parameters.': 'Es sind zu viele Parameter.',
  'a parameter is not valid percent-encoded UTF-8.': 'Ein Parameter ist kein gültiges prozentkodiertes UTF-8.',
  'a parameter contains a control character.': 'Ein Parameter enthält ein Steuerzeichen.',
  'no client with this client_id exists.': 'Es gibt keinen Client mit dieser client_id.',
  'too many requests for unknown clients from your network.':
    'Aus Ihrem Netz kamen zu viele Anfragen für unbekannte Clients.',
  'this client is disabled.': 'Dieser Client ist deaktiviert.',
  'an administrator refused this client.': 'Ein Administrator hat diesen Client abgelehnt.',
  'this client awaits the approval of an administrator.':
    'Dieser Client wartet auf die Freigabe durch einen Administrator.',
  'an administrator has not approved this application yet.':
    'Ein Administrator hat diese Anwendung noch nicht freigegeben.',
  'this client is not registered for the grant type {1}.': 'Dieser Client ist nicht für den Grant-Typ {1} registriert.',
  'client_id cannot be the URL of a metadata document: {1}.':
    'client_id kann nicht die URL eines Metadaten-Dokuments sein: {1}.',
  'the metadata document of this client is invalid: {1}.': 'Das Metadaten-Dokument dieses Clients ist ungültig: {1}.',
  'redirect_uri is missing.': 'redirect_uri fehlt.',
  'redirect_uri cannot be used: {1}': 'redirect_uri kann nicht verwendet werden: {1}',
  'its client_id is not its URL': 'seine client_id ist nicht seine URL',
  'it has {1}, which must not be public': 'es enthält {1}, das nicht öffentlich sein darf',
  'it is not a URL': 'es ist keine URL',
  'it is not an absolute URI.': 'es ist keine absolute URI.',
  'it holds a character that a URI cannot have.': 'sie enthält ein Zeichen, das in einer URI nicht vorkommen kann.',
  'it must not have a fragment.': 'sie darf kein Fragment haben.',
  'it must not hold a user name or password.': 'sie darf weder Benutzernamen noch Passwort enthalten.',
  'http is only for loopback (http://127.0.0.1, http://[::1], http://localhost); use https.':
    'http ist nur für Loopback (http://127.0.0.1, http://[::1], http://localhost) erlaubt; sonst ist https zu verwenden.',
  'redirect_uri is not registered for this client.': 'redirect_uri ist für diesen Client nicht registriert.',
  'redirect_uri is no longer registered for this client.': 'redirect_uri ist für diesen Client nicht mehr registriert.',
  'response_type must be {1}.': 'response_type muss {1} sein.',
  '{1} must be one of: {2}.': '{1} muss einer dieser Werte sein: {2}.',
  'this request is longer than 6 KB. The application must push it (PAR, RFC 9126), or send a shorter one.':
    'Diese Anfrage ist länger als 6 KB. Die Anwendung muss sie vorab übermitteln (PAR, RFC 9126) oder eine kürzere senden.',
  'this request is too long for an authorization code. Push it (PAR, RFC 9126), or use a shorter nonce, redirect URI, or fewer scopes, resources and claims.':
    'Diese Anfrage ist zu lang für einen Autorisierungscode. Die Anwendung muss sie vorab übermitteln (PAR, RFC 9126) oder nonce, Redirect-URI, Scopes, Ressourcen und Claims kürzen.',
  'this request must be pushed first (PAR, RFC 9126).': 'Diese Anfrage muss vorab übermittelt werden (PAR, RFC 9126).',
  'request objects are not supported.': 'Request-Objekte werden nicht unterstützt.',
  'request_uri is not supported.': 'request_uri wird nicht unterstützt.',
  'request_uri is unknown, expired, or was already used.':
    'request_uri ist unbekannt, abgelaufen oder wurde schon verwendet.',
  'the parameter registration is not supported.': 'Der Parameter registration wird nicht unterstützt.',
  'code_challenge is missing: PKCE is required for this client.':
    'code_challenge fehlt: PKCE ist für diesen Client vorgeschrieben.',
  'code_challenge is missing.': 'code_challenge fehlt.',
  'code_challenge_method must be S256.': 'code_challenge_method muss S256 sein.',
  'code_challenge must be the base64url of a SHA-256 digest, 43 characters.':
    'code_challenge muss ein SHA-256-Hash in base64url sein, 43 Zeichen.',
  'PKCE is now required for this client, and the request had no code_challenge.':
    'PKCE ist für diesen Client jetzt vorgeschrieben, und die Anfrage hatte keine code_challenge.',
  'dpop_jkt must be the base64url of a SHA-256 thumbprint, 43 characters.':
    'dpop_jkt muss ein SHA-256-Fingerabdruck in base64url sein, 43 Zeichen.',
  'prompt=none cannot be combined with another prompt.':
    'prompt=none kann nicht mit einem anderen Wert kombiniert werden.',
  'max_age must be a number of seconds.': 'max_age muss eine Anzahl von Sekunden sein.',
  'id_token_hint is not an id_token of this server.': 'id_token_hint ist kein id_token dieses Servers.',
  'id_token_hint was issued to another client.': 'id_token_hint wurde für einen anderen Client ausgestellt.',
  'claims is not JSON.': 'claims ist kein JSON.',
  'claims, at {1}, is not a request for claims (OpenID Connect Core section 5.5).':
    'claims ist bei {1} keine Anfrage nach Claims (OpenID Connect Core, Abschnitt 5.5).',
  'claims is not a request for claims (OpenID Connect Core section 5.5).':
    'claims ist keine Anfrage nach Claims (OpenID Connect Core, Abschnitt 5.5).',
  'scope holds a character that a scope cannot have (RFC 6749 section 3.3).':
    'scope enthält ein Zeichen, das in einem Scope nicht vorkommen kann (RFC 6749, Abschnitt 3.3).',
  'none of the requested scopes exists at the resource and is allowed for this client.':
    'Keiner der angefragten Scopes ist bei der Ressource vorhanden und für diesen Client erlaubt.',
  'none of the approved scopes is still allowed.': 'Keiner der genehmigten Scopes ist noch erlaubt.',
  'resource must be an absolute URI without a fragment, and not too long.':
    'resource muss eine absolute URI ohne Fragment und nicht zu lang sein.',
  'resource is not known to this server.': 'resource ist diesem Server nicht bekannt.',
  'the application was changed just now: try again.':
    'Die Anwendung wurde gerade eben geändert: Versuchen Sie es noch einmal.',
  'language must be one of those of this server.': 'language muss eine der Sprachen dieses Servers sein.',
  'this needs a sign-in with a second factor now: the user must authorize again.':
    'Dies verlangt jetzt eine Anmeldung mit einem zweiten Faktor: Der Benutzer muss erneut zustimmen.',
  'the user denied the request.': 'Der Benutzer hat die Anfrage abgelehnt.',
  'the user is not signed in, or not recently enough.':
    'Der Benutzer ist nicht angemeldet, oder die Anmeldung liegt zu lange zurück.',
  'the user may not use this application.': 'Der Benutzer darf diese Anwendung nicht verwenden.',
  'another user signed in than the requested one.': 'Es hat sich ein anderer Benutzer angemeldet als der angefragte.',
  'the user could not authenticate as acr requires.':
    'Der Benutzer konnte sich nicht so anmelden, wie acr es verlangt.',
  'the session has ended.': 'Die Sitzung ist beendet.',
  '{1} is only for users with the role {2}.': '{1} ist nur für Benutzer mit der Rolle {2}.',
  'too many wrong codes: please wait {1} seconds and try again.':
    'Zu viele falsche Codes: Bitte warten Sie {1} Sekunden, und versuchen Sie es noch einmal.',
  'client_id is not the client that id_token_hint was issued to.':
    'client_id ist nicht der Client, für den id_token_hint ausgestellt wurde.',
  'post_logout_redirect_uri needs an id_token_hint or a client_id.':
    'post_logout_redirect_uri braucht id_token_hint oder client_id.',
  'post_logout_redirect_uri is not registered for this client.':
    'post_logout_redirect_uri ist für diesen Client nicht registriert.',
  'there is no such page.': 'Diese Seite gibt es hier nicht.',
  'there is no such connected app.': 'Diese verbundene Anwendung gibt es hier nicht.',
  'this account may not connect this application.': 'Dieses Konto darf diese Anwendung nicht verbinden.',
  'return_to is neither a path of this server nor an origin that is allowed.':
    'return_to ist weder ein Pfad dieses Servers noch eine erlaubte Adresse.',
  '{1} refused, {2} ({3})': '{1} hat abgelehnt: {2} ({3})',
  'access was refused there': 'der Zugriff wurde dort verweigert',
  'the access has expired or was revoked there': 'der Zugriff ist abgelaufen oder wurde dort widerrufen',
  'it does not accept the credentials of this server': 'die Zugangsdaten dieses Servers werden dort nicht akzeptiert',
  'it does not allow this server to do that': 'diesem Server ist das dort nicht erlaubt',
  'it does not support this grant type': 'dieser Grant-Typ wird dort nicht unterstützt',
  'it does not know the requested scopes, or does not allow them':
    'die angefragten Scopes sind dort unbekannt oder nicht erlaubt',
  'it did not understand the request': 'die Anfrage wurde dort nicht verstanden',
  'it issues no tokens for the requested resource': 'für die angefragte Ressource werden dort keine Tokens ausgestellt',
  'it requires a new nonce each time': 'es wird jedes Mal eine neue Nonce verlangt',
  'it does not accept the proof that this server holds the key':
    'der Nachweis, dass dieser Server den Schlüssel besitzt, wird dort nicht akzeptiert',
  'it does not support the authorization code flow': 'der Authorization-Code-Flow wird dort nicht unterstützt',
  'something went wrong there': 'dort ist etwas schiefgegangen',
  'it is overloaded or in maintenance': 'der Dienst ist überlastet oder wird gewartet',
  'it requires you to sign in there': 'Sie müssen sich dort anmelden',
  'it requires your consent again': 'Sie müssen dort erneut zustimmen',
  'it requires an action of yours there': 'Sie müssen dort etwas tun',
  'for another reason': 'aus einem anderen Grund',
  '{1} sent an answer that cannot be used: {2} without {3}': '{1} hat eine unbrauchbare Antwort gesendet: {2} ohne {3}',
  '{1} sent an answer that cannot be used': '{1} hat eine unbrauchbare Antwort gesendet',
  '{1} answered {2} when it was asked who you are': '{1} hat auf die Frage, wer Sie sind, mit {2} geantwortet',
  '{1} answered {2}, which is no error of OAuth': '{1} hat mit {2} geantwortet, was kein Fehler von OAuth ist',
  '{1} answered {2} instead of 200': '{1} hat mit {2} statt 200 geantwortet',
  '{1} answered {2}': '{1} hat mit {2} geantwortet',
  '{1} did not answer within {2} seconds': '{1} hat nicht innerhalb von {2} Sekunden geantwortet',
  '{1} sent the content type {2}, which is not accepted': '{1} hat den nicht akzeptierten Inhaltstyp {2} gesendet',
  '{1} sent more than {2} bytes': '{1} hat mehr als {2} Bytes gesendet',
  '{1} cannot be fetched: {2}': '{1} kann nicht abgerufen werden: {2}',
  '{1} did not say who you are there': '{1} hat nicht mitgeteilt, wer Sie dort sind',
  '{1} did not say whose profile it sent (its userinfo has no sub)':
    '{1} hat nicht mitgeteilt, wessen Profil gesendet wurde (userinfo hat kein sub)',
  '{1} named two different users': '{1} hat zwei verschiedene Benutzer genannt',
  '{1} sent something that is not JSON': '{1} hat etwas gesendet, das kein JSON ist',
  '{1} sent userinfo that is not for this server':
    '{1} hat userinfo gesendet, das nicht für diesen Server bestimmt ist',
  '{1} sent {2} that cannot be verified': '{1} hat etwas gesendet, das nicht geprüft werden kann ({2})',
  '{1} sent a token that is bound to a key (DPoP), which this server did not request':
    '{1} hat ein an einen Schlüssel gebundenes Token (DPoP) gesendet, das dieser Server nicht angefragt hat',
  '{1} registered this server without a secret': '{1} hat diesen Server ohne Geheimnis registriert',
  '{1} requires a new nonce each time': '{1} verlangt jedes Mal eine neue Nonce',
  '{1} accepts each code once, and the first attempt used this one. Please start again':
    '{1} akzeptiert jeden Code einmal, und der erste Versuch hat diesen verbraucht. Bitte beginnen Sie von Neuem',
  '{1} does not support PKCE with S256, which is required':
    '{1} unterstützt PKCE mit S256 nicht, das vorgeschrieben ist',
  '{1} names no authorization or no token endpoint': '{1} nennt keinen Authorization- oder keinen Token-Endpunkt',
  '{1} was called too often in the last minute': '{1} wurde in der letzten Minute zu oft aufgerufen',
  'your network named too many addresses in the last minute':
    'aus Ihrem Netz wurden in der letzten Minute zu viele Adressen genannt',
  'this answer belongs to another request': 'diese Antwort gehört zu einer anderen Anfrage',
  'this answer does not come from {1}, where it was expected from': 'diese Antwort kommt nicht wie erwartet von {1}',
  'this answer was used before': 'diese Antwort wurde schon einmal verwendet',
  'the client secret of this server is missing': 'das Client-Geheimnis dieses Servers fehlt',
  'this server has no key that is accepted there': 'dieser Server hat keinen Schlüssel, der dort akzeptiert wird',
  'the application is connected through another server now':
    'die Anwendung wird jetzt über einen anderen Server verbunden',
  'it expired, and there is no refresh token': 'der Zugriff ist abgelaufen, und es gibt kein Refresh-Token',
  'its tokens cannot be read': 'die Tokens können nicht gelesen werden',
  'the provider has not been discovered': 'der Anbieter wurde noch nicht ermittelt',
  'it is disabled': 'der Dienst ist deaktiviert',
  '{1}: {2}': '{1}: {2}',
} satisfies ErrorSentences;
