namespace CogVideoX.Fuzz;

/// <summary>An input that waits to be eaten.</summary>
/// <param name="Text">what it is, for people: whole, if that is possible</param>
/// <param name="Run">gives it to the product; what is wrong with the answer in words, or null</param>
internal sealed record FuzzInput(Func<string> Text, Func<string?> Run);
