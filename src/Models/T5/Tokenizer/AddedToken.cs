namespace CogVideoX.Models.T5;

/// <summary>A name in a text that is one token, whatever the vocabulary would make of it: <c>&lt;extra_id_0&gt;</c>.</summary>
/// <param name="Content">How it is written.</param>
/// <param name="Id">What it becomes.</param>
/// <param name="IsSpecial">Whether it stands for no text when ids are read back.</param>
internal sealed record AddedToken(string Content, int Id, bool IsSpecial);
