namespace CogVideoX.Compiler.Language;

/// <summary>
/// On a generic method: which types its type parameter may be in a kernel; any other is an error where the method is called. An enum
/// counts as the integer under it.
/// </summary>
/// <param name="types">those that the instruction has</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class TypesAttribute(params Type[] types) : Attribute
{
    public IReadOnlyList<Type> Types { get; } = types;

    /// <summary>Name of the type parameter; without one, the first.</summary>
    public string? Of { get; init; }

    /// <summary>What to write for the others, as a sentence.</summary>
    public string Instead { get; init; } = "";
}
