namespace CogVideoX.Compiler.Language;

/// <summary>Makes a static field a variable of the module in global memory, zero when the module is loaded.</summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class DeviceVariableAttribute : Attribute;
