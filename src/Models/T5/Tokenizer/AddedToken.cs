namespace CogVideoX.Models.T5;

/// <summary>A name in a text that is one token, whatever the vocabulary would make of it: <c>&lt;extra_id_0&gt;</c>.</summary>
/// <param name="Content">How it is written.</param>
/// <param name="Id">What it becomes.</param>
/// <param name="IsSpecial">Whether it stands for no text when ids are read back.</param>
/// <param name="TakesLeft">Whether the spaces before it are a part of it.</param>
/// <param name="TakesRight">Whether the spaces behind it are.</param>
internal sealed record AddedToken(string Content, int Id, bool IsSpecial, bool TakesLeft = false, bool TakesRight = false);
