// Sends the one form of its page on to the application; without JavaScript the user presses the button.
document.forms[0].submit();
