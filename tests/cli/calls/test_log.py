def test_a_call_is_logged_by_that_name_too(run: Run) -> None:
    assert run("log", "call", "--outcome", "voicemail").code == 0
    assert run("log", "list", "--json").json[0]["kind"] == "dial"
