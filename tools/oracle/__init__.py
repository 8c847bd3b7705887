"""The real SDKs, beside what is predicted of them."""
