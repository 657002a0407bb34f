#include "app/cli/cli.hpp"
#include "app/node.hpp"

int main(int argc, char** argv) {
  return troupe::app::run_cli({argv, argv + argc}, troupe::app::process_environment(), troupe::app::run_node);
}
