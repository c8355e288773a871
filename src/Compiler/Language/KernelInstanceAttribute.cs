namespace CogVideoX.Compiler.Language;

/// <summary>
/// On a generic kernel: one set of type arguments that it is used with, by name. Whoever lists, verifies or profiles kernels finds it so,
/// and the name is the entry's in PTX.
/// </summary>
/// <example><c>[KernelInstance("row_rms_64", typeof(Threads.T64))]</c></example>
/// <param name="name">letters, digits and underscores</param> <param name="arguments">the type arguments, in order</param>
[AttributeUsage(AttributeTargets.Struct, AllowMultiple = true)]
public sealed class KernelInstanceAttribute(string name, params Type[] arguments) : Attribute
{
    public string Name { get; } = name;

    public IReadOnlyList<Type> Arguments { get; } = arguments ?? [];
}
