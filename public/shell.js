// Adds the local time to the title of each time, and lets the buttons beside ids and addresses copy them.

const local = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'long' });

for (const time of document.querySelectorAll('time[datetime][title]')) {
  time.title = `${local.format(new Date(time.dateTime))} (${time.title})`;
}

for (const button of document.querySelectorAll('button[data-copy], button[data-copy-from]')) {
  const { copy, copyFrom } = button.dataset;
  button.classList.remove('needs-script');
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(copy ?? document.getElementById(copyFrom).textContent);
    button.textContent = button.dataset.copied;
  });
}
