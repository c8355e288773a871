namespace CogVideoX.Compiler.Language;

/// <summary>On a parameter of a <see cref="PtxAttribute"/> method: it must be a constant once the kernel is compiled.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ImmediateAttribute : Attribute;
