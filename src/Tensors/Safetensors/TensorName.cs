namespace CogVideoX.Tensors.Safetensors;

/// <summary>
/// What a tensor may be called. Names stand in messages on terminals, and are compared with each other for "did you mean".
/// </summary>
internal static class TensorName
{
    private const int MaxLength = 1024;

    public static string Rule { get; } = $"names have at most {MaxLength} characters and no control characters";

    public static bool IsAllowed(string name) => name.Length <= MaxLength && !name.Any(char.IsControl);
}
