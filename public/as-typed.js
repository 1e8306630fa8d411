// Says what is wrong with a field soon after it was typed. The server judges, here and when the form is sent; without
// JavaScript only then.

const PAUSE = 400;

/** Where the sentence stands: that of a form that was sent, or one of ours, which is read out when it changes. */
function placeFor(field) {
  const id = `${field.id}-error`;
  const there = document.getElementById(id);
  const place = there ?? document.createElement('p');
  place.setAttribute('aria-live', 'polite');
  if (there) return place;
  Object.assign(place, { id, className: 'field-error' });
  field.closest('.field').append(place);
  const described = [field.getAttribute('aria-describedby'), id].filter(Boolean);
  field.setAttribute('aria-describedby', described.join(' '));
  return place;
}

function say(field, place, problem) {
  place.textContent = problem ?? '';
  if (problem) field.setAttribute('aria-invalid', 'true');
  else field.removeAttribute('aria-invalid');
}

async function judge(form, field, signal) {
  const url = new URL(form.dataset.check, location.href);
  url.searchParams.set(field.name, field.value);
  const response = await fetch(url, { signal, redirect: 'error' });
  return response.ok ? await response.json() : { problems: {} };
}

function watch(form, field) {
  const place = placeFor(field);
  let asked = new AbortController();
  let pause;
  field.addEventListener('input', () => {
    clearTimeout(pause);
    asked.abort();
    asked = new AbortController();
    const { signal } = asked;
    pause = setTimeout(async () => {
      try {
        const { problems } = await judge(form, field, signal);
        if (!signal.aborted) say(field, place, problems[field.name]);
      } catch {
        // Overtaken by what was typed since, or nobody answers: the form says it when it is sent.
      }
    }, PAUSE);
  });
}

for (const form of document.querySelectorAll('form[data-check]')) {
  for (const name of form.dataset.checked.split(' ')) {
    const field = form.elements.namedItem(name);
    if (field) watch(form, field);
  }
}
