namespace Tallygate.PromQL.Ast;

/// <summary>How a function is called.</summary>
/// <param name="ArgumentTypes">The types of the arguments; the last one also stands for those that may follow it.</param>
/// <param name="Variadic">
/// 0: exactly as many arguments as types. n above 0: the last type may be given 0 to n times. -1: any number of times.
/// </param>
/// <param name="Experimental">Whether it has to be switched on.</param>
public sealed record FunctionSignature(
    string Name, IReadOnlyList<ExprType> ArgumentTypes, int Variadic, ExprType ReturnType, bool Experimental);
