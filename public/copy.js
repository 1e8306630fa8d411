// Shows the button beside each read-only field, which copies it; a field with data-follows repeats what is typed in another one.
// Without JavaScript the text is selected by hand.

for (const field of document.querySelectorAll('input[data-copied]')) {
  const { copied, follows, pattern } = field.dataset;
  const source = follows && document.querySelector(`form [name="${follows}"]`);
  source?.addEventListener('input', () => {
    field.value = pattern.replace('{}', source.value.trim());
  });
  const button = field.nextElementSibling;
  button.classList.remove('needs-script');
  button.addEventListener('click', async () => {
    field.select();
    await navigator.clipboard.writeText(field.value);
    button.textContent = copied;
  });
}
