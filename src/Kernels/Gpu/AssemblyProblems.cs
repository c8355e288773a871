using System.Reflection;

namespace CogVideoX.Kernels.Gpu;

/// <summary>What .NET throws when it meets an assembly that it can't use, as a sentence.</summary>
internal static class AssemblyProblems
{
    public static T Guard<T>(Func<T> use)
    {
        try
        {
            return use();
        }
        catch (Exception exception) when (Sentence(exception) is { } problem)
        {
            throw new KernelAssemblyException(problem, exception);
        }
    }

    private static string? Sentence(Exception exception) => exception switch
    {
        ReflectionTypeLoadException many =>
            many.LoaderExceptions.OfType<Exception>().Select(Sentence).FirstOrDefault(s => s is not null) ?? Line(many),
        BadImageFormatException => "it isn't an assembly of .NET, or not one for this kind of machine",
        FileNotFoundException { FileName: { } name } => Missing(name),
        FileLoadException { FileName: { } name } load => $"'{Name(name)}' can't be loaded: {Line(load)}",
        TypeLoadException or MissingMemberException =>
            $"it doesn't fit what it is loaded with, such as another version of CogVideoX.Compiler: {Line(exception)}",
        CustomAttributeFormatException => $"an attribute in it can't be read: {Line(exception)}",
        TypeInitializationException { InnerException: { } inner } type =>
            $"the static fields of {type.TypeName} can't be computed: {Line(inner)}",
        TargetInvocationException { InnerException: { } inner } =>
            Sentence(inner) ?? $"code of it that runs while it is compiled ended in an exception: {Line(inner)}",
        UnauthorizedAccessException or IOException => $"it can't be read: {Line(exception)}",
        _ => null,
    };

    private static string Missing(string reference)
    {
        Version? wanted = reference.Contains(',') ? new AssemblyName(reference).Version : null;
        string own = Environment.Version.ToString(2);
        return Name(reference) is "System.Runtime" or "System.Private.CoreLib" && wanted > typeof(object).Assembly.GetName().Version
            ? $"it is made for .NET {wanted?.ToString(2)}, and this program runs on .NET {own}; build it for net{own}"
            : $"it needs '{Name(reference)}', which isn't beside it; "
                + "build it with <EnableDynamicLoading>true</EnableDynamicLoading>, or publish it";
    }

    private static string Name(string reference) => reference.Split(',')[0];

    private static string Line(Exception exception) => exception.Message.ReplaceLineEndings(" ");
}
