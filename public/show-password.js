// Shows what is typed as a password, where the user asks for it. Sent, it is a password again: browsers keep it as one.

for (const button of document.querySelectorAll('button[data-reveal]')) {
  const field = document.getElementById(button.dataset.reveal);
  const show = (isShown) => {
    field.type = isShown ? 'text' : 'password';
    button.textContent = isShown ? button.dataset.hide : button.dataset.show;
  };
  button.classList.remove('needs-script');
  button.addEventListener('click', () => show(field.type === 'password'));
  field.form.addEventListener('submit', () => show(false));
}
