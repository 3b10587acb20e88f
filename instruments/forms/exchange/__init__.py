"""The instrument in the words of other programs and of archives; no key is in any of them."""
